import { type Key, type KeysymName, keyOf, SYS_RQ } from "../../ui/keysyms.ts";
import type { NamedKey } from "./key-names.ts";

type UsedKey =
  | "ctrl"
  | "alt"
  | "shift"
  | "super"
  | "tab"
  | "esc"
  | "sysRq"
  | "backspace"
  | "left"
  | "up"
  | "right"
  | "down";

/** Keys that type no character, by their names in {@link NamedKey}. */
export const KEYS: Readonly<Record<UsedKey & NamedKey, Key>> = {
  ctrl: keyOf("ControlLeft"),
  alt: keyOf("AltLeft"),
  shift: keyOf("ShiftLeft"),
  super: keyOf("MetaLeft"),
  tab: keyOf("Tab"),
  esc: keyOf("Escape"),
  sysRq: SYS_RQ,
  backspace: keyOf("Backspace"),
  left: keyOf("ArrowLeft"),
  up: keyOf("ArrowUp"),
  right: keyOf("ArrowRight"),
  down: keyOf("ArrowDown"),
};

/** Keys whose `KeyboardEvent.key` is the same as their `code`. */
const SAME_NAME: readonly KeysymName[] = [
  "Tab",
  "Escape",
  "ArrowLeft",
  "ArrowUp",
  "ArrowRight",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
  "Insert",
  "Delete",
  "Enter",
];

/** The keys that a device's keyboard reports as keys instead of text, by `KeyboardEvent.key`. */
export const KEYS_BY_NAME: ReadonlyMap<string, Key> = new Map(SAME_NAME.map((name) => [name, keyOf(name)]));
