import type { SerialConsole, SerialKey } from "@curfew/client/serial";
import { keyNames } from "../locales/key-names.ts";
import { createScreenKeys, type ScreenKey } from "../shell/screen-keys.ts";

/** The letters and signs that are offered together with Ctrl. */
const CONTROL_KEYS = ["C", "D", "Z", "]"];

/** The row of keys for touch. */
export function createSerialScreenKeys(label: string, serial: SerialConsole): HTMLElement {
  const key = (name: string, sent: string): ScreenKey => ({
    label: name,
    onPress: () => {
      serial.write(sent);
    },
  });
  const arrow = (name: "left" | "up" | "down" | "right", sent: SerialKey): ScreenKey => ({
    label: keyNames(name),
    icon: `arrow-${name}`,
    onPress: () => {
      serial.sendKey(sent);
    },
  });
  // ASCII control characters are 64 below their letter.
  const control = (letter: string): ScreenKey =>
    key(`${keyNames("ctrl")} + ${letter}`, String.fromCodePoint((letter.codePointAt(0) ?? 0) - 64));
  const keys = [
    key(keyNames("esc"), "\u001B"),
    key(keyNames("tab"), "\t"),
    ...CONTROL_KEYS.map(control),
    arrow("left", "ArrowLeft"),
    arrow("up", "ArrowUp"),
    arrow("down", "ArrowDown"),
    arrow("right", "ArrowRight"),
  ];
  return createScreenKeys(label, keys).root;
}
