import type { Key } from "@curfew/client/ui";
import { keyNames } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { createScreenKeyboard } from "../shell/screen-keyboard.ts";
import { createScreenKeys, type ScreenKey } from "../shell/screen-keys.ts";
import { MODIFIERS, type HeldKeys } from "./held-keys.ts";
import { KEYS, KEYS_BY_NAME } from "./keys.ts";
import type { KeyboardConsole } from "./screen-console.ts";

/** The row of keys for touch, with the field for the device's own keyboard. */
export function createKeyRow(
  label: string,
  console: KeyboardConsole,
  held: HeldKeys,
  signal: AbortSignal,
): HTMLElement {
  const press = ({ keysym, code }: Key): void => console.sendKey(keysym, code);
  const field = createTypingField(console, held, press, signal);
  const key = (name: "tab" | "esc" | "left" | "up" | "down" | "right"): ScreenKey => ({
    label: keyNames(name),
    ...(name === "tab" || name === "esc" ? {} : { icon: `arrow-${name}` as const }),
    onPress: () => {
      press(KEYS[name]);
    },
  });
  const modifiers = MODIFIERS.map((name): ScreenKey => ({
    label: keyNames(name),
    held: () => held.isHeld(name),
    onPress: () => {
      held.toggle(name);
    },
  }));
  const keyboard: ScreenKey = {
    label: texts().actions.screenKeyboard,
    icon: "keyboard",
    onPress: () => {
      field.focus();
    },
  };
  const plain = (["tab", "esc", "left", "up", "down", "right"] as const).map(key);
  const row = createScreenKeys(label, [keyboard, ...modifiers, ...plain], field);
  held.onChange(row.update);
  return row.root;
}

function createTypingField(
  console: KeyboardConsole,
  held: HeldKeys,
  press: (key: Key) => void,
  signal: AbortSignal,
): HTMLTextAreaElement {
  // Texts are sent one after the other, in the order in which they were typed.
  let typing = Promise.resolve();
  return createScreenKeyboard({
    label: texts().actions.screenKeyboard,
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
