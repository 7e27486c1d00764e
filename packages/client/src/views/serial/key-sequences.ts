/** Modifier keys of {@link SerialConsole.sendKey} and {@link SerialConsole.heldModifiers}. */
export type SerialModifier = "Shift" | "Alt" | "Control";

/** Keys whose bytes depend on the terminal's mode or on modifiers, by their `KeyboardEvent.key`. */
export type SerialKey =
  | "ArrowUp"
  | "ArrowDown"
  | "ArrowLeft"
  | "ArrowRight"
  | "Home"
  | "End"
  | "Insert"
  | "Delete"
  | "PageUp"
  | "PageDown"
  | "Escape"
  | "Tab"
  | "Enter"
  | "Backspace"
  | "F1"
  | "F2"
  | "F3"
  | "F4"
  | "F5"
  | "F6"
  | "F7"
  | "F8"
  | "F9"
  | "F10"
  | "F11"
  | "F12";

const ESC = "\u001B";
const DEL = "\u007F";
/** xterm's code for modifiers is one more than the sum of these. */
const MODIFIER_BITS: Readonly<Record<SerialModifier, number>> = { Shift: 1, Alt: 2, Control: 4 };

/** All values of {@link SerialModifier}. */
export const SERIAL_MODIFIERS = Object.keys(MODIFIER_BITS) as readonly SerialModifier[];

/**
 * What xterm sends for each key: a final byte after CSI, or after SS3 in DEC's application mode; a final
 * byte that always follows SS3; the number before `~`; or the text itself.
 */
const SEQUENCES: Readonly<Record<SerialKey, { cursor: string } | { ss3: string } | { number: number } | string>> = {
  ArrowUp: { cursor: "A" },
  ArrowDown: { cursor: "B" },
  ArrowRight: { cursor: "C" },
  ArrowLeft: { cursor: "D" },
  Home: { cursor: "H" },
  End: { cursor: "F" },
  Insert: { number: 2 },
  Delete: { number: 3 },
  PageUp: { number: 5 },
  PageDown: { number: 6 },
  Escape: ESC,
  Tab: "\t",
  Enter: "\r",
  Backspace: DEL,
  F1: { ss3: "P" },
  F2: { ss3: "Q" },
  F3: { ss3: "R" },
  F4: { ss3: "S" },
  F5: { number: 15 },
  F6: { number: 17 },
  F7: { number: 18 },
  F8: { number: 19 },
  F9: { number: 20 },
  F10: { number: 21 },
  F11: { number: 23 },
  F12: { number: 24 },
};

/** All values of {@link SerialKey}. */
export const SERIAL_KEYS = Object.keys(SEQUENCES) as readonly SerialKey[];

/** The bytes of a key as xterm sends them, without modifiers. */
export function sequenceOf(key: SerialKey, applicationCursorKeys: boolean): string {
  const sequence = SEQUENCES[key];
  if (typeof sequence === "string") return sequence;
  if ("number" in sequence) return `${ESC}[${sequence.number}~`;
  if ("ss3" in sequence) return `${ESC}O${sequence.ss3}`;
  return `${ESC}${applicationCursorKeys ? "O" : "["}${sequence.cursor}`;
}

/** Adds modifiers to what a key sends, as xterm does. Text of several characters stays as it is. */
export function withModifiers(sent: string, modifiers: ReadonlySet<SerialModifier>): string {
  if (modifiers.size === 0) return sent;
  const code = [...modifiers].reduce((sum, modifier) => sum + MODIFIER_BITS[modifier], 1);
  // eslint-disable-next-line no-control-regex -- ESC begins the sequences
  const key = /^\u001B(?:\[(\d*)|O)([A-Z~])$/.exec(sent);
  if (key) return `${ESC}[${key[1] || "1"};${code}${key[2]}`;
  if (Array.from(sent).length !== 1) return sent;
  if (sent === "\t" && modifiers.has("Shift")) return `${ESC}[Z`;
  const shifted = modifiers.has("Shift") ? sent.toUpperCase() : sent;
  const controlled = modifiers.has("Control") ? control(shifted) : shifted;
  return modifiers.has("Alt") ? ESC + controlled : controlled;
}

/** The control character of a key: `@` to `_` and their lower case without the upper bits (ECMA-48), as xterm maps the others. */
function control(character: string): string {
  if (character === " ") return "\u0000";
  if (character === "?") return DEL;
  if (character === DEL) return "\u0008";
  const code = character.charCodeAt(0);
  return code >= 0x40 && code < DEL.charCodeAt(0) ? String.fromCharCode(code & 0x1f) : character;
}
