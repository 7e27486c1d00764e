import { closingButton, submitButton } from "@curfew/client/toolbar";
import { createElement, setText } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { openDialog } from "./dialog.ts";

export type CredentialName = "username" | "password" | "target";
export type Credentials = Partial<Record<CredentialName, string>>;

/**
 * Asks for the credentials that the machine's console requires. The dialog stays open after an answer, until it is closed
 * or asks again, in the same place, because the console did not accept the answer.
 */
export class CredentialsDialog {
  readonly #types: readonly CredentialName[];
  readonly #onCancel: () => void;
  readonly #over = new AbortController();
  readonly #note = createElement("p", { class: "dialog-note", role: "alert", hidden: true });
  readonly #progress = createElement("p", { class: "dialog-note", role: "status", hidden: true });
  readonly #inputs: ReadonlyMap<CredentialName, HTMLInputElement>;
  readonly #submit: HTMLButtonElement;
  /** Takes the answer; undefined while the dialog waits for the verdict on one. */
  #answer: ((credentials: Credentials) => void) | undefined;

  /**
   * @param types - what the console asks for
   * @param onCancel - called when the user closes the dialog
   */
  constructor(types: readonly CredentialName[], onCancel: () => void) {
    const { credentials, sdk } = texts();
    this.#types = types;
    this.#onCancel = onCancel;
    this.#inputs = new Map(types.map((type) => [type, createInput(type)]));
    this.#submit = submitButton(credentials.connect);
    const labels = { username: credentials.username, password: credentials.passwordField, target: credentials.target };
    const { dialog, form } = openDialog({
      title: types.includes("username") ? credentials.signIn : credentials.password,
      sentence: credentials.sentence,
      fields: [
        this.#note,
        ...Array.from(this.#inputs, ([type, input]) =>
          createElement("label", { class: "field" }, createElement("span", {}, labels[type]), input),
        ),
        // Only VNC's own sign-in asks for a password alone.
        ...(types.length === 1 && types[0] === "password"
          ? [createElement("p", { class: "dialog-note" }, credentials.onlyEight)]
          : []),
        this.#progress,
      ],
      actions: [closingButton(sdk.actions.cancel), this.#submit],
      signal: this.#over.signal,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submitted();
    });
    dialog.addEventListener("close", () => {
      if (!this.#over.signal.aborted) this.#onCancel();
      this.#over.abort();
    });
  }

  /** Whether it can ask for these. */
  asksFor(types: readonly CredentialName[]): boolean {
    return !this.#over.signal.aborted && this.#types.join() === types.join();
  }

  /**
   * @param rejected - whether the last answer was rejected
   * @param signal - closes the dialog if there is no answer yet
   * @throws Error when the user cancels, or `signal` aborts
   */
  ask(rejected: boolean, signal: AbortSignal): Promise<Credentials> {
    this.#setBusy(false);
    this.#note.hidden = !rejected;
    setText(this.#note, rejected ? texts().credentials.rejected : "");
    if (rejected) this.#inputs.get("password")?.focus();
    return new Promise((resolve, reject) => {
      this.#answer = resolve;
      const onOver = (): void => {
        if (this.#answer === resolve) this.close();
        reject(new Error("no credentials were given"));
      };
      AbortSignal.any([signal, this.#over.signal]).addEventListener("abort", onOver);
    });
  }

  close(): void {
    this.#over.abort();
  }

  #submitted(): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    this.#answer = undefined;
    this.#setBusy(true);
    answer(Object.fromEntries(Array.from(this.#inputs, ([type, input]) => [type, input.value])));
    const password = this.#inputs.get("password");
    if (password !== undefined) password.value = "";
  }

  /** Read only and not disabled, which would take the keyboard focus away. */
  #setBusy(isBusy: boolean): void {
    for (const input of this.#inputs.values()) input.readOnly = isBusy;
    this.#submit.ariaDisabled = String(isBusy);
    this.#note.hidden = true;
    this.#progress.hidden = !isBusy;
    setText(this.#progress, isBusy ? texts().sdk.states.connecting : "");
  }
}

function createInput(type: CredentialName): HTMLInputElement {
  const isPassword = type === "password";
  return createElement("input", {
    name: type,
    type: isPassword ? "password" : "text",
    autocomplete: isPassword ? "current-password" : "off",
    autocapitalize: "none",
    spellcheck: "false",
    required: !isPassword,
  });
}
