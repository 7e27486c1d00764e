import { legacyKeysym } from "./legacy-keysyms.ts";

/** X11 keysyms of keys that type no character (X11 keysymdef.h), by `KeyboardEvent.code`. */
export const KEYSYMS = {
  AltLeft: 0xffe9,
  ArrowDown: 0xff54,
  ArrowLeft: 0xff51,
  ArrowRight: 0xff53,
  ArrowUp: 0xff52,
  Backspace: 0xff08,
  ControlLeft: 0xffe3,
  Delete: 0xffff,
  End: 0xff57,
  Enter: 0xff0d,
  Escape: 0xff1b,
  Home: 0xff50,
  Insert: 0xff63,
  MetaLeft: 0xffeb,
  PageDown: 0xff56,
  PageUp: 0xff55,
  PrintScreen: 0xff61,
  ShiftLeft: 0xffe1,
  Tab: 0xff09,
} as const;

/** A key in {@link KEYSYMS}. */
export type KeysymName = keyof typeof KEYSYMS;

/** A key for {@link VncConsole.sendKey}. */
export interface Key {
  /** X11 keysym. */
  readonly keysym: number;
  /** `KeyboardEvent.code`, for keys with a fixed place on the keyboard. */
  readonly code?: string;
}

/** The key at a place on the keyboard, by its `KeyboardEvent.code`. */
export function keyOf(code: KeysymName): Key {
  return { keysym: KEYSYMS[code], code };
}

/** The System Request key: Print Screen while Alt is pressed. */
export const SYS_RQ: Key = { keysym: 0xff15, code: "PrintScreen" };

/** A function key. `number` is from 1 to 12. */
export function functionKey(number: number): Key {
  return { keysym: 0xffbd + number, code: `F${number}` };
}

/**
 * The keysym that a keyboard sends for a character (X11 protocol, appendix A): Latin-1 characters as they
 * are, others from X11's older tables or, where those have none, the code point with the Unicode flag.
 */
export function characterKeysym(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  const latin1 = (codePoint >= 0x20 && codePoint <= 0x7e) || (codePoint >= 0xa0 && codePoint <= 0xff);
  return latin1 ? codePoint : (legacyKeysym(character) ?? 0x01000000 | codePoint);
}
