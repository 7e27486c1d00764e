import { createElement } from "../../ui/dom.ts";
import { typedDifference } from "./typed-difference.ts";

/** The content of an empty field, so that Backspace always has something to delete. */
const FILLING = "_".repeat(32);

/** The field is refilled when it is longer than this, in characters. */
const LONGEST = 256;

/**
 * An invisible field that a device's on-screen keyboard types into. Such keyboards report text, corrections included,
 * and rarely keys: the differences between texts are turned back into keys.
 *
 * @param options - `onText` takes how many characters were deleted, and what was typed then; `onKey` takes a key that
 * types no character, by `KeyboardEvent.key`, and returns whether it was handled
 */
export function createScreenKeyboard(options: {
  readonly label: string;
  readonly onText: (erased: number, typed: string) => void;
  readonly onKey: (key: string) => boolean;
}): HTMLTextAreaElement {
  const field = createElement("textarea", {
    class: "screen-keyboard",
    "aria-label": options.label,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    tabindex: "-1",
  });
  let last = FILLING;
  let composing = false;
  const refill = (): void => {
    field.value = FILLING;
    last = FILLING;
    field.setSelectionRange(FILLING.length, FILLING.length);
  };
  field.addEventListener("compositionstart", () => {
    composing = true;
  });
  field.addEventListener("compositionend", () => {
    composing = false;
  });
  field.addEventListener("input", () => {
    const { erased, typed } = typedDifference(last, field.value);
    last = field.value;
    options.onText(erased, typed);
    if (!composing && (last.length < FILLING.length / 2 || last.length > LONGEST)) refill();
  });
  field.addEventListener("keydown", (event) => {
    if (!event.isComposing && options.onKey(event.key)) event.preventDefault();
  });
  field.addEventListener("focus", refill);
  return field;
}
