import type { NamedKey } from "../locales/key-names.ts";

/** An X11 keysym and the `KeyboardEvent.code` that goes with it. */
export interface KeySymbol {
  readonly keysym: number;
  readonly code: string;
}

/** Keys that type no character, by the page's names for them (X11 keysymdef.h). */
export const KEY_SYMBOLS = {
  ctrl: { keysym: 0xffe3, code: "ControlLeft" },
  alt: { keysym: 0xffe9, code: "AltLeft" },
  shift: { keysym: 0xffe1, code: "ShiftLeft" },
  super: { keysym: 0xffeb, code: "MetaLeft" },
  tab: { keysym: 0xff09, code: "Tab" },
  esc: { keysym: 0xff1b, code: "Escape" },
  sysRq: { keysym: 0xff15, code: "PrintScreen" },
  backspace: { keysym: 0xff08, code: "Backspace" },
  left: { keysym: 0xff51, code: "ArrowLeft" },
  up: { keysym: 0xff52, code: "ArrowUp" },
  right: { keysym: 0xff53, code: "ArrowRight" },
  down: { keysym: 0xff54, code: "ArrowDown" },
} as const satisfies Partial<Record<NamedKey, KeySymbol>>;

/** The same keys and more by `KeyboardEvent.key`. */
export const SYMBOL_OF_KEY: ReadonlyMap<string, KeySymbol> = new Map<string, KeySymbol>([
  ["Tab", KEY_SYMBOLS.tab],
  ["Escape", KEY_SYMBOLS.esc],
  ["ArrowLeft", KEY_SYMBOLS.left],
  ["ArrowUp", KEY_SYMBOLS.up],
  ["ArrowRight", KEY_SYMBOLS.right],
  ["ArrowDown", KEY_SYMBOLS.down],
  ["Home", { keysym: 0xff50, code: "Home" }],
  ["End", { keysym: 0xff57, code: "End" }],
  ["PageUp", { keysym: 0xff55, code: "PageUp" }],
  ["PageDown", { keysym: 0xff56, code: "PageDown" }],
  ["Insert", { keysym: 0xff63, code: "Insert" }],
  ["Delete", { keysym: 0xffff, code: "Delete" }],
  ["Enter", { keysym: 0xff0d, code: "Enter" }],
]);
