/** Numbers of the function keys. */
export type FunctionKey = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;

/** Key combinations that a browser or the person's own system would catch. */
export type KeyCombo =
  | "ctrl-alt-del"
  | "ctrl-alt-backspace"
  | "alt-tab"
  | "alt-f4"
  | "super"
  | "print-screen"
  | "esc"
  | "tab"
  | `ctrl-alt-f${FunctionKey}`;

/** A key: X11 keysym and, where a key has a fixed place, its `KeyboardEvent.code`. */
export interface Key {
  readonly keysym: number;
  readonly code?: string;
}

const control: Key = { keysym: 0xffe3, code: "ControlLeft" };
const alt: Key = { keysym: 0xffe9, code: "AltLeft" };
const shift: Key = { keysym: 0xffe1, code: "ShiftLeft" };
const tab: Key = { keysym: 0xff09, code: "Tab" };
const escape: Key = { keysym: 0xff1b, code: "Escape" };
const enter: Key = { keysym: 0xff0d, code: "Enter" };
const backspace: Key = { keysym: 0xff08, code: "Backspace" };
const superKey: Key = { keysym: 0xffeb, code: "MetaLeft" };

const combos: Readonly<Record<Exclude<KeyCombo, `ctrl-alt-f${FunctionKey}`>, readonly Key[]>> = {
  "ctrl-alt-del": [control, alt, { keysym: 0xffff, code: "Delete" }],
  "ctrl-alt-backspace": [control, alt, backspace],
  "alt-tab": [alt, tab],
  "alt-f4": [alt, functionKey(4)],
  super: [superKey],
  "print-screen": [{ keysym: 0xff61, code: "PrintScreen" }],
  esc: [escape],
  tab: [tab],
};

/**
 * The keys of a combination in the order in which they are pressed.
 *
 * @throws RangeError for a combination that is not in {@link KeyCombo}.
 */
export function comboKeys(combo: KeyCombo): readonly Key[] {
  const number = /^ctrl-alt-f([1-9]|1[0-2])$/.exec(combo)?.[1];
  if (number !== undefined) return [control, alt, functionKey(Number(number))];
  if (!Object.hasOwn(combos, combo)) throw new RangeError(`unknown key combination ${JSON.stringify(combo)}`);
  return combos[combo as keyof typeof combos];
}

function functionKey(number: number): Key {
  return { keysym: 0xffbd + number, code: `F${number}` };
}

const shifted = /^[A-Z~!@#$%^&*()_+{}|:"<>?]$/;

/**
 * The keys that type one character. Guests that know keys rather than characters (QEMU) need the
 * Shift key for what is shifted on a US keyboard.
 */
export function characterKeys(character: string): readonly Key[] {
  switch (character) {
    case "\n":
    case "\r":
      return [enter];
    case "\t":
      return [tab];
    case "\b":
      return [backspace];
    case "\u001B":
      return [escape];
    default: {
      const key = { keysym: characterKeysym(character) };
      return shifted.test(character) ? [shift, key] : [key];
    }
  }
}

/** Keysym of a character: Latin-1 as it is, others with the Unicode flag (X11 protocol, appendix A). */
function characterKeysym(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  const latin1 = (codePoint >= 0x20 && codePoint <= 0x7e) || (codePoint >= 0xa0 && codePoint <= 0xff);
  return latin1 ? codePoint : 0x01000000 | codePoint;
}
