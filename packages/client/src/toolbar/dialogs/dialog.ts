import { createElement } from "../../ui/dom.ts";
import { textButton } from "../widgets/buttons.ts";

/** An open dialog. */
export interface DialogParts {
  readonly dialog: HTMLDialogElement;
  readonly form: HTMLFormElement;
}

/** What a dialog shows, and where. */
export interface DialogContent {
  readonly title: string;
  readonly sentence?: string;
  readonly fields: readonly HTMLElement[];
  readonly actions: readonly HTMLElement[];
  /** Adds the dialog to the page and opens it as a modal one. */
  readonly show: (dialog: HTMLDialogElement) => void;
  /** Closes the dialog, for example when the session ends. */
  readonly signal: AbortSignal;
}

/** Keeps a dialog to read from being opened at its end, where its only button is. */
const AT_TOP = { tabindex: "-1", autofocus: "" };

const FOCUSABLE = "input, select, textarea, button, a[href], [tabindex]";

/** Whether it, or something in it, can have the keyboard focus. */
function takesFocus(element: HTMLElement): boolean {
  return element.matches(FOCUSABLE) || element.querySelector(FOCUSABLE) !== null;
}

/** Opens a modal dialog, unless `signal` is aborted. It removes itself from the page when it closes. */
export function openDialog({ title, sentence, fields, actions, show, signal }: DialogContent): DialogParts {
  const form = createElement(
    "form",
    { class: "dialog-form", autocomplete: "off" },
    createElement("h2", { id: "dialog-title", ...(fields.some(takesFocus) ? {} : AT_TOP) }, title),
    sentence === undefined ? undefined : createElement("p", { class: "dialog-sentence" }, sentence),
    ...fields,
    createElement("div", { class: "dialog-actions" }, ...actions),
  );
  const dialog = createElement("dialog", { class: "dialog", part: "dialog", "aria-labelledby": "dialog-title" }, form);
  if (signal.aborted) return { dialog, form };
  show(dialog);
  const closed = new AbortController();
  dialog.addEventListener("close", () => {
    closed.abort();
    dialog.remove();
  });
  signal.addEventListener("abort", () => dialog.close(), { signal: closed.signal });
  return { dialog, form };
}

/** A button that closes its dialog. */
export function closingButton(label: string): HTMLButtonElement {
  const button = textButton(label, () => {
    button.closest("dialog")?.close();
  });
  return button;
}

/** The button for the primary action of a dialog. */
export function submitButton(label: string): HTMLButtonElement {
  const button = textButton(label, () => {}, { kind: "primary" });
  button.type = "submit";
  return button;
}

/** What the user is asked to confirm. */
export interface ConfirmOptions extends Pick<DialogContent, "title" | "show" | "signal"> {
  readonly sentence: string;
  /** The text to be confirmed, shown as it is. */
  readonly quote: string;
  /** Label of the button that confirms. */
  readonly action: string;
  /** Label of the button that does not. */
  readonly cancel: string;
}

/** Asks the user to confirm something. Resolves to false on Cancel, Escape, and when `signal` aborts. */
export function confirmDialog({ quote, action, cancel, ...content }: ConfirmOptions): Promise<boolean> {
  if (content.signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const { dialog, form } = openDialog({
      ...content,
      fields: [createElement("pre", { class: "quote", tabindex: "0" }, quote)],
      actions: [closingButton(cancel), submitButton(action)],
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
