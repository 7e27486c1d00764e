import { keyOf, SYS_RQ, type Key, type KeysymName } from "@curfew/client/ui";
import type { NamedKey } from "../locales/key-names.ts";

/** Keys that type no character, by the page's names for them. */
export const KEYS = {
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
} as const satisfies Partial<Record<NamedKey, Key>>;

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
