import type { SerialKey, SerialModifier } from "../../views/serial/key-sequences.ts";
import type { SerialConsole } from "../../views/serial/serial-console.ts";
import type { IconName, KeyRowContext } from "../tools/tool-context.ts";
import { createScreenKeys, type ScreenKey } from "../widgets/screen-keys.ts";
import { keyNames, type NamedKey } from "./key-names.ts";

/** The letters and signs that are offered together with Ctrl. */
const CONTROL_KEYS = ["C", "D", "Z", "]"];
const FUNCTION_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** The row of keys for touch. Ctrl and Alt stay held until they are pressed again, also for the device's keyboard. */
export function createSerialKeyRow(serial: SerialConsole, { texts, icon, signal }: KeyRowContext): HTMLElement {
  const plain = (name: NamedKey, sent: SerialKey, symbol?: IconName): ScreenKey => ({
    label: keyNames(texts, name),
    ...(symbol === undefined ? {} : { icon: icon(symbol) }),
    onPress: () => {
      serial.sendKey(sent);
    },
  });
  const isHeld = (modifier: SerialModifier): boolean => serial.heldModifiers.includes(modifier);
  const held = (name: NamedKey, modifier: SerialModifier): ScreenKey => ({
    label: keyNames(texts, name),
    held: () => isHeld(modifier),
    onPress: () => {
      const others = serial.heldModifiers.filter((other) => other !== modifier);
      serial.heldModifiers = isHeld(modifier) ? others : [...others, modifier];
      row.update();
    },
  });
  // ASCII control characters are 64 below their letter.
  const control = (letter: string): ScreenKey => ({
    label: `${keyNames(texts, "ctrl")} + ${letter}`,
    onPress: () => {
      serial.write(String.fromCodePoint((letter.codePointAt(0) ?? 0) - 64));
    },
  });
  const keyboard: ScreenKey = {
    label: texts.actions.screenKeyboard,
    icon: icon("keyboard"),
    onPress: () => {
      serial.focus();
    },
  };
  const row = createScreenKeys(texts.actions.screenKeys, [
    keyboard,
    held("ctrl", "Control"),
    held("alt", "Alt"),
    plain("esc", "Escape"),
    plain("tab", "Tab"),
    plain("left", "ArrowLeft", "arrow-left"),
    plain("up", "ArrowUp", "arrow-up"),
    plain("down", "ArrowDown", "arrow-down"),
    plain("right", "ArrowRight", "arrow-right"),
    ...CONTROL_KEYS.map(control),
    plain("home", "Home"),
    plain("end", "End"),
    ...FUNCTION_KEYS.map((number) => plain(`F${number}`, `F${number}`)),
  ]);
  const release = ({ status }: { readonly status: string }): void => {
    if (status === "connected") return;
    serial.heldModifiers = [];
    row.update();
  };
  serial.on("state", release, { signal });
  return row.root;
}
