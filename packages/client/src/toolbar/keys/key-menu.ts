import type { KeyCombo } from "../../views/keyboard/keys.ts";
import type { ToolbarTexts } from "../locales/types.ts";
import type { MenuGroup, MenuItem } from "../widgets/menu.ts";
import { MODIFIERS, type HeldKeys } from "./held-keys.ts";
import { keyNames, type NamedKey } from "./key-names.ts";
import { KEYS } from "./keys.ts";
import type { KeyboardConsole } from "../tools/screen-console.ts";

const FUNCTION_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** The menu of key combinations that the user's own system would intercept, and of modifiers to hold down. */
export function keyMenu(texts: ToolbarTexts, console: KeyboardConsole, held: HeldKeys): readonly MenuGroup[] {
  const combo = (name: KeyCombo, ...labels: readonly NamedKey[]): MenuItem => ({
    label: keyNames(texts, ...labels),
    run: () => {
      console.sendKeys(name);
      held.pressAgain();
    },
  });
  return [
    [
      combo("ctrl-alt-del", "ctrl", "alt", "del"),
      combo("ctrl-alt-backspace", "ctrl", "alt", "backspace"),
      combo("alt-tab", "alt", "tab"),
      combo("alt-f4", "alt", "F4"),
      combo("super", "super"),
      combo("print-screen", "printScreen"),
      altSysRqItem(texts, console, held),
      combo("esc", "esc"),
      combo("tab", "tab"),
    ],
    holdItems(texts, held),
    {
      heading: keyNames(texts, "ctrl", "alt"),
      items: FUNCTION_KEYS.map((number) => ({
        ...combo(`ctrl-alt-f${number}`, "ctrl", "alt", `F${number}`),
        face: `F${number}`,
      })),
    },
  ];
}

function altSysRqItem(texts: ToolbarTexts, console: KeyboardConsole, held: HeldKeys): MenuItem {
  const keys = [KEYS.alt, KEYS.sysRq];
  return {
    label: keyNames(texts, "alt", "sysRq"),
    run: () => {
      for (const { keysym, code } of keys) console.sendKey(keysym, code, true);
      for (const { keysym, code } of keys.toReversed()) console.sendKey(keysym, code, false);
      held.pressAgain();
    },
  };
}

function holdItems(texts: ToolbarTexts, held: HeldKeys): readonly MenuItem[] {
  return MODIFIERS.map((name) => ({
    label: `${texts.keys.hold}: ${keyNames(texts, name)}`,
    checked: () => held.isHeld(name),
    toggles: true,
    run: () => {
      held.toggle(name);
    },
  }));
}
