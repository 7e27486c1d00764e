import { element } from "./element.ts";
import { typedDifference } from "../tools/typed-difference.ts";

/** What stands in the field so that erasing always has something to erase. */
const filling = "_".repeat(32);

/** Characters from which on the field is emptied, between two words of the keyboard's own memory. */
const longest = 256;

/**
 * A field that nobody sees and that a device's screen keyboard types into. Such keyboards send texts,
 * corrections included, and seldom keys: differences of the text are turned back into keys.
 *
 * @param onKey a key that types no character, by `KeyboardEvent.key`; true when it was taken
 */
export function createScreenKeyboard(options: {
  readonly label: string;
  readonly onText: (erased: number, typed: string) => void;
  readonly onKey: (key: string) => boolean;
}): HTMLTextAreaElement {
  const field = element("textarea", {
    class: "screen-keyboard",
    "aria-label": options.label,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    tabindex: "-1",
  });
  let last = filling;
  let composing = false;
  const refill = (): void => {
    field.value = filling;
    last = filling;
    field.setSelectionRange(filling.length, filling.length);
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
    if (!composing && (last.length < filling.length / 2 || last.length > longest)) refill();
  });
  field.addEventListener("keydown", (event) => {
    if (!event.isComposing && options.onKey(event.key)) event.preventDefault();
  });
  field.addEventListener("focus", refill);
  return field;
}
