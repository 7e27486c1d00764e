import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { element } from "./element.ts";
import { moveNoticesInFront } from "./toasts.ts";

/** A modal dialog's parts. It removes itself from the page when it closes. */
export interface DialogParts {
  readonly dialog: HTMLDialogElement;
  readonly form: HTMLFormElement;
}

export interface DialogContent {
  readonly title: string;
  readonly sentence?: string;
  readonly fields: readonly HTMLElement[];
  readonly actions: readonly HTMLElement[];
  /** Closes the dialog, for a session that ends meanwhile. */
  readonly signal: AbortSignal;
}

export function openDialog({ title, sentence, fields, actions, signal }: DialogContent): DialogParts {
  const form = element(
    "form",
    { class: "dialog-form", autocomplete: "off" },
    element("h2", { id: "dialog-title" }, title),
    sentence === undefined ? null : element("p", { class: "dialog-sentence" }, sentence),
    ...fields,
    element("div", { class: "dialog-actions" }, ...actions),
  );
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
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

/** A button that closes the dialog it stands in. */
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

/** Asks a question; resolves to whether the person said yes, no when `signal` aborts. */
export function confirmDialog(options: {
  readonly title: string;
  readonly sentence: string;
  /** What it is about, shown as it is. */
  readonly quote: string;
  readonly action: string;
  readonly signal: AbortSignal;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const { dialog, form } = openDialog({
      title: options.title,
      sentence: options.sentence,
      fields: [element("pre", { class: "quote", tabindex: "0" }, options.quote)],
      actions: [closingButton(words().sdk.actions.cancel), submitButton(options.action)],
      signal: options.signal,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(true);
      dialog.close();
    });
    // After a submit this comes too late to change anything.
    dialog.addEventListener("close", () => {
      resolve(false);
    });
    form.querySelector<HTMLElement>(".button-primary")?.focus();
  });
}
