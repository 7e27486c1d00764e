import type { NamedKey } from "../words/key-names.ts";

/** An X11 keysym and the `KeyboardEvent.code` that goes with it. */
export interface KeySymbol {
  readonly keysym: number;
  readonly code: string;
}

/** Keys that type no character, by the names that the page has for them (X11 keysymdef.h). */
export const keySymbols = {
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
export const symbolOfKey: ReadonlyMap<string, KeySymbol> = new Map<string, KeySymbol>([
  ["Tab", keySymbols.tab],
  ["Escape", keySymbols.esc],
  ["ArrowLeft", keySymbols.left],
  ["ArrowUp", keySymbols.up],
  ["ArrowRight", keySymbols.right],
  ["ArrowDown", keySymbols.down],
  ["Home", { keysym: 0xff50, code: "Home" }],
  ["End", { keysym: 0xff57, code: "End" }],
  ["PageUp", { keysym: 0xff55, code: "PageUp" }],
  ["PageDown", { keysym: 0xff56, code: "PageDown" }],
  ["Insert", { keysym: 0xff63, code: "Insert" }],
  ["Delete", { keysym: 0xffff, code: "Delete" }],
  ["Enter", { keysym: 0xff0d, code: "Enter" }],
]);
