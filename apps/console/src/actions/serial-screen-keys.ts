import type { SerialConsole, SerialKey, SerialModifier } from "@curfew/client/serial";
import { keyNames, type NamedKey } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { createScreenKeys, type ScreenKey } from "../shell/screen-keys.ts";

/** The letters and signs that are offered together with Ctrl. */
const CONTROL_KEYS = ["C", "D", "Z", "]"];
const FUNCTION_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** The row of keys for touch. Ctrl and Alt stay held until they are pressed again, also for the device's keyboard. */
export function createSerialScreenKeys(label: string, serial: SerialConsole, signal: AbortSignal): HTMLElement {
  const plain = (name: NamedKey, sent: SerialKey, icon?: ScreenKey["icon"]): ScreenKey => ({
    label: keyNames(name),
    ...(icon === undefined ? {} : { icon }),
    onPress: () => {
      serial.sendKey(sent);
    },
  });
  const isHeld = (modifier: SerialModifier): boolean => serial.heldModifiers.includes(modifier);
  const held = (name: NamedKey, modifier: SerialModifier): ScreenKey => ({
    label: keyNames(name),
    held: () => isHeld(modifier),
    onPress: () => {
      const others = serial.heldModifiers.filter((other) => other !== modifier);
      serial.heldModifiers = isHeld(modifier) ? others : [...others, modifier];
      row.update();
    },
  });
  // ASCII control characters are 64 below their letter.
  const control = (letter: string): ScreenKey => ({
    label: `${keyNames("ctrl")} + ${letter}`,
    onPress: () => {
      serial.write(String.fromCodePoint((letter.codePointAt(0) ?? 0) - 64));
    },
  });
  const keyboard: ScreenKey = {
    label: texts().actions.screenKeyboard,
    icon: "keyboard",
    onPress: () => {
      serial.focus();
    },
  };
  const row = createScreenKeys(label, [
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
