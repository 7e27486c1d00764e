import { createElement } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { moveNoticesInFront } from "../shell/toasts.ts";
import { textButton } from "../widgets/buttons.ts";

export interface DialogParts {
  readonly dialog: HTMLDialogElement;
  readonly form: HTMLFormElement;
}

export interface DialogContent {
  readonly title: string;
  readonly sentence?: string;
  readonly fields: readonly HTMLElement[];
  readonly actions: readonly HTMLElement[];
  /** Closes the dialog, for example when the session ends. */
  readonly signal: AbortSignal;
}

/** Opens a modal dialog. It removes itself from the page when it closes. */
export function openDialog({ title, sentence, fields, actions, signal }: DialogContent): DialogParts {
  const form = createElement(
    "form",
    { class: "dialog-form", autocomplete: "off" },
    createElement("h2", { id: "dialog-title" }, title),
    sentence === undefined ? undefined : createElement("p", { class: "dialog-sentence" }, sentence),
    ...fields,
    createElement("div", { class: "dialog-actions" }, ...actions),
  );
  const dialog = createElement("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  const closed = new AbortController();
  dialog.addEventListener("close", () => {
    closed.abort();
    moveNoticesInFront();
    dialog.remove();
  });
  signal.addEventListener("abort", () => dialog.close(), { signal: closed.signal });
  if (signal.aborted) dialog.remove();
  else {
    dialog.showModal();
    moveNoticesInFront();
  }
  return { dialog, form };
}

/** A button that closes its dialog. */
export function closingButton(label: string): HTMLButtonElement {
  const button = textButton(label, () => {
    button.closest("dialog")?.close();
  });
  return button;
}

export function submitButton(label: string): HTMLButtonElement {
  const button = textButton(label, () => {}, { kind: "primary" });
  button.type = "submit";
  return button;
}

export interface ConfirmOptions {
  readonly title: string;
  readonly sentence: string;
  /** The text to be confirmed, shown as it is. */
  readonly quote: string;
  /** Label of the button that confirms. */
  readonly action: string;
  readonly signal: AbortSignal;
}

/** Asks the user to confirm something. Resolves to false on Cancel, Escape, and when `signal` aborts. */
export function confirmDialog(options: ConfirmOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const { dialog, form } = openDialog({
      title: options.title,
      sentence: options.sentence,
      fields: [createElement("pre", { class: "quote", tabindex: "0" }, options.quote)],
      actions: [closingButton(texts().sdk.actions.cancel), submitButton(options.action)],
      signal: options.signal,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(true);
      dialog.close();
    });
    // After a submit, this has no effect.
    dialog.addEventListener("close", () => {
      resolve(false);
    });
    form.querySelector<HTMLElement>(".button-primary")?.focus();
  });
}
