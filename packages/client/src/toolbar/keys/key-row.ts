import type { Key } from "../../ui/keysyms.ts";
import type { KeyboardConsole } from "../tools/screen-console.ts";
import type { KeyRowContext } from "../tools/tool-context.ts";
import { createScreenKeyboard } from "../widgets/screen-keyboard.ts";
import { createScreenKeys, type ScreenKey } from "../widgets/screen-keys.ts";
import { MODIFIERS, type HeldKeys } from "./held-keys.ts";
import { keyNames } from "./key-names.ts";
import { KEYS, KEYS_BY_NAME } from "./keys.ts";

/** The row of keys for touch, with the field for the device's own keyboard. */
export function createKeyRow(console: KeyboardConsole, held: HeldKeys, context: KeyRowContext): HTMLElement {
  const { texts, icon } = context;
  const press = ({ keysym, code }: Key): void => console.sendKey(keysym, code);
  const field = createTypingField(console, held, press, context);
  const key = (name: "tab" | "esc" | "left" | "up" | "down" | "right"): ScreenKey => ({
    label: keyNames(texts, name),
    ...(name === "tab" || name === "esc" ? {} : { icon: icon(`arrow-${name}`) }),
    onPress: () => {
      press(KEYS[name]);
    },
  });
  const modifiers = MODIFIERS.map((name): ScreenKey => ({
    label: keyNames(texts, name),
    held: () => held.isHeld(name),
    onPress: () => {
      held.toggle(name);
    },
  }));
  const keyboard: ScreenKey = {
    label: texts.actions.screenKeyboard,
    icon: icon("keyboard"),
    onPress: () => {
      field.focus();
    },
  };
  const plain = (["tab", "esc", "left", "up", "down", "right"] as const).map(key);
  const row = createScreenKeys(texts.actions.screenKeys, [keyboard, ...modifiers, ...plain], field);
  held.onChange(row.update);
  return row.root;
}

function createTypingField(
  console: KeyboardConsole,
  held: HeldKeys,
  press: (key: Key) => void,
  { texts, signal }: KeyRowContext,
): HTMLTextAreaElement {
  // Texts are sent one after the other, in the order in which they were typed.
  let typing = Promise.resolve();
  return createScreenKeyboard({
    label: texts.actions.screenKeyboard,
    onText: (erased, typed) => {
      typing = typing
        .then(() => {
          for (let count = 0; count < erased; count += 1) press(KEYS.backspace);
          return console.paste(typed, { delayMs: 0, signal });
        })
        .then(() => held.pressAgain())
        .catch(() => {});
    },
    onKey: (key) => {
      const symbol = KEYS_BY_NAME.get(key);
      if (symbol !== undefined) press(symbol);
      return symbol !== undefined;
    },
  });
}
