const letters = (row: string): string[] => row.split("").map((letter) => `Key${letter}`);
const numbered = (name: string, numbers: string): string[] => numbers.split("").map((number) => `${name}${number}`);

/** Keys from scan code 1 on, by their `KeyboardEvent.code`. */
const FROM_ONE: readonly string[] = [
  "Escape",
  ...numbered("Digit", "1234567890"),
  "Minus",
  "Equal",
  "Backspace",
  "Tab",
  ...letters("QWERTYUIOP"),
  "BracketLeft",
  "BracketRight",
  "Enter",
  "ControlLeft",
  ...letters("ASDFGHJKL"),
  "Semicolon",
  "Quote",
  "Backquote",
  "ShiftLeft",
  "Backslash",
  ...letters("ZXCVBNM"),
  "Comma",
  "Period",
  "Slash",
  "ShiftRight",
  "NumpadMultiply",
  "AltLeft",
  "Space",
  "CapsLock",
  ...numbered("F", "123456789"),
  "F10",
  "NumLock",
  "ScrollLock",
  ...numbered("Numpad", "789"),
  "NumpadSubtract",
  ...numbered("Numpad", "456"),
  "NumpadAdd",
  ...numbered("Numpad", "1230"),
  "NumpadDecimal",
];

/** Keys further on; those with two or three bytes have the first one lowest. */
const FURTHER: Readonly<Record<string, number>> = {
  IntlBackslash: 0x56,
  F11: 0x57,
  F12: 0x58,
  KanaMode: 0x70,
  IntlRo: 0x73,
  Convert: 0x79,
  NonConvert: 0x7b,
  IntlYen: 0x7d,
  NumpadEnter: 0x1ce0,
  ControlRight: 0x1de0,
  NumpadDivide: 0x35e0,
  PrintScreen: 0x37e0,
  AltRight: 0x38e0,
  Home: 0x47e0,
  ArrowUp: 0x48e0,
  PageUp: 0x49e0,
  ArrowLeft: 0x4be0,
  ArrowRight: 0x4de0,
  End: 0x4fe0,
  ArrowDown: 0x50e0,
  PageDown: 0x51e0,
  Insert: 0x52e0,
  Delete: 0x53e0,
  MetaLeft: 0x5be0,
  MetaRight: 0x5ce0,
  ContextMenu: 0x5de0,
  Pause: 0x451de1,
};

/**
 * Scan codes of keys (set 1 of the IBM PC), by `KeyboardEvent.code`. A scan code of several bytes is a number whose
 * lowest byte comes first, as SPICE has it.
 */
export const SCAN_CODES: ReadonlyMap<string, number> = new Map([
  ...FROM_ONE.map((code, index) => [code, index + 1] as const),
  ...Object.entries(FURTHER),
]);

/** What a key sends when it is released: its scan code with the highest bit of each byte set, except for prefixes. */
export function releaseCode(scanCode: number): number {
  if (scanCode < 0x100) return scanCode | 0x80;
  return scanCode | (scanCode < 0x10000 ? 0x8000 : 0x808000);
}
