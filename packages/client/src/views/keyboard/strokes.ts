import { type Key, characterKeysym, keyOf } from "../../ui/keysyms.ts";
import { oneOf } from "../../util/validate.ts";
import { KEYBOARD_LAYOUTS, type KeyboardLayout, type LayoutKey, layoutKeys } from "./layouts.ts";

/** The keys that type one character, in the order in which they are pressed. */
export interface Stroke {
  readonly keys: readonly Key[];
  /** The keys while the machine's Caps Lock is on, if they differ. */
  readonly underCapsLock?: readonly Key[];
}

/** Finds the keys that type a character; undefined if there are none. */
export type Keyboard = (character: string) => Stroke | undefined;

/** A text has characters that cannot be typed on the machine. */
export class UntypableError extends RangeError {
  override readonly name = "UntypableError" as const;
  /** The characters, each once. */
  readonly characters: readonly string[];

  constructor(characters: readonly string[]) {
    super(`text: expected characters that the machine's keyboard has, got ${characters.map(quote).join(", ")}`);
    this.characters = characters;
  }
}

/** @throws RangeError for a layout that is not in {@link KeyboardLayout}. */
export function layoutOf({ layout }: { readonly layout?: KeyboardLayout }): KeyboardLayout | undefined {
  return layout === undefined ? undefined : oneOf("layout", layout, KEYBOARD_LAYOUTS);
}

/**
 * The keys of a text. Every kind of line break is one Enter.
 *
 * @throws UntypableError that names all characters without keys.
 */
export function strokesOf(text: string, keyboard: Keyboard): readonly Stroke[] {
  const missing = new Set<string>();
  const strokes: Stroke[] = [];
  for (const character of text.replaceAll("\r\n", "\n")) {
    const stroke = CONTROLS[character] ?? (isControl(character) ? undefined : keyboard(character));
    if (stroke) strokes.push(stroke);
    else missing.add(character);
  }
  if (missing.size > 0) throw new UntypableError([...missing]);
  return strokes;
}

const ENTER: Stroke = { keys: [keyOf("Enter")] };
const CONTROLS: Readonly<Record<string, Stroke>> = {
  "\n": ENTER,
  "\r": ENTER,
  "\t": { keys: [keyOf("Tab")] },
  "\b": { keys: [keyOf("Backspace")] },
  "\u001B": { keys: [keyOf("Escape")] },
};

const SHIFT = keyOf("ShiftLeft");
const ALT_GR: Key = { keysym: 0xfe03, code: "AltRight" };
/** Marks a keysym as a Unicode code point (X11 protocol, appendix A). */
const UNICODE = 0x01000000;

/** Any character, for servers that find the keys themselves. Shift is added where a US keyboard needs it. */
export const anyKeyboard: Keyboard = (character) => {
  const key = { keysym: characterKeysym(character) };
  return { keys: layoutKeys("us").get(character)?.shift === true ? [SHIFT, key] : [key] };
};

/**
 * The characters of a layout, for servers that know keys rather than characters (QEMU).
 *
 * QEMU changes Caps Lock by itself before ASCII letters, from what it believes the machine's Caps Lock
 * to be, which may be wrong; it does not before their Unicode keysyms.
 *
 * @param positioned - sends the places of keys instead of characters, as the machine's layout is not that of the server
 */
export function layoutKeyboard(layout: KeyboardLayout, positioned: boolean): Keyboard {
  const keys = layoutKeys(layout);
  return (character) => {
    const found = keys.get(character);
    if (!found) return undefined;
    if (!found.isLetter) return { keys: pressed(found, character, positioned) };
    const other = { ...found, shift: !found.shift };
    return {
      keys: pressed(found, character, positioned),
      underCapsLock: pressed(other, swapCase(character), positioned),
    };
  };
}

function pressed({ code, shift, altGr }: LayoutKey, character: string, positioned: boolean): readonly Key[] {
  const typed = positioned ? (usCharacter(code, shift) ?? character) : character;
  const keysym = /[a-z]/i.test(typed) ? UNICODE | (typed.codePointAt(0) ?? 0) : characterKeysym(typed);
  const key: Key = positioned ? { keysym, code } : { keysym };
  return [...(shift ? [SHIFT] : []), ...(altGr ? [ALT_GR] : []), key];
}

/** What a key types on a US keyboard. */
function usCharacter(code: string, shift: boolean): string | undefined {
  for (const [character, key] of layoutKeys("us")) if (key.code === code && key.shift === shift) return character;
  return undefined;
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

function isControl(character: string): boolean {
  return /^\p{Cc}$/u.test(character);
}

function quote(character: string): string {
  return JSON.stringify(character);
}
