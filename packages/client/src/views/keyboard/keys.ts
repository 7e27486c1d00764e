import { type Key, functionKey, keyOf } from "../../ui/keysyms.ts";

/** Numbers of the function keys. */
export type FunctionKey = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;

/** Key combinations that the browser or the user's own system would intercept. */
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

const CTRL_ALT: readonly Key[] = [keyOf("ControlLeft"), keyOf("AltLeft")];

const COMBOS: Readonly<Record<Exclude<KeyCombo, `ctrl-alt-f${FunctionKey}`>, readonly Key[]>> = {
  "ctrl-alt-del": [...CTRL_ALT, keyOf("Delete")],
  "ctrl-alt-backspace": [...CTRL_ALT, keyOf("Backspace")],
  "alt-tab": [keyOf("AltLeft"), keyOf("Tab")],
  "alt-f4": [keyOf("AltLeft"), functionKey(4)],
  super: [keyOf("MetaLeft")],
  "print-screen": [keyOf("PrintScreen")],
  esc: [keyOf("Escape")],
  tab: [keyOf("Tab")],
};

/**
 * The keys of a combination in the order in which they are pressed.
 *
 * @throws RangeError for a combination that is not in {@link KeyCombo}.
 */
export function comboKeys(combo: KeyCombo): readonly Key[] {
  const number = /^ctrl-alt-f([1-9]|1[0-2])$/.exec(combo)?.[1];
  if (number !== undefined) return [...CTRL_ALT, functionKey(Number(number))];
  if (!Object.hasOwn(COMBOS, combo)) throw new RangeError(`unknown key combination ${JSON.stringify(combo)}`);
  return COMBOS[combo as keyof typeof COMBOS];
}
