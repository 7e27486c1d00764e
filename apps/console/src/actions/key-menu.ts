import type { KeyCombo } from "@curfew/client/vnc";
import { keyNames, type NamedKey } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import type { MenuGroup, MenuItem } from "../shell/menu.ts";
import { MODIFIERS, type HeldKeys } from "./held-keys.ts";
import { KEYS } from "./keys.ts";
import type { KeyboardConsole } from "./screen-console.ts";

const FUNCTION_KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/** The menu of key combinations that the user's own system would intercept, and of modifiers to hold down. */
export function keyMenu(console: KeyboardConsole, held: HeldKeys): readonly MenuGroup[] {
  const combo = (name: KeyCombo, ...labels: readonly NamedKey[]): MenuItem => ({
    label: keyNames(...labels),
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
      altSysRqItem(console, held),
      combo("esc", "esc"),
      combo("tab", "tab"),
    ],
    holdItems(held),
    {
      heading: keyNames("ctrl", "alt"),
      items: FUNCTION_KEYS.map((number) => ({
        ...combo(`ctrl-alt-f${number}`, "ctrl", "alt", `F${number}`),
        face: `F${number}`,
      })),
    },
  ];
}

function altSysRqItem(console: KeyboardConsole, held: HeldKeys): MenuItem {
  const keys = [KEYS.alt, KEYS.sysRq];
  return {
    label: keyNames("alt", "sysRq"),
    run: () => {
      for (const { keysym, code } of keys) console.sendKey(keysym, code, true);
      for (const { keysym, code } of keys.toReversed()) console.sendKey(keysym, code, false);
      held.pressAgain();
    },
  };
}

function holdItems(held: HeldKeys): readonly MenuItem[] {
  return MODIFIERS.map((name) => ({
    label: `${texts().keys.hold}: ${keyNames(name)}`,
    checked: () => held.isHeld(name),
    toggles: true,
    run: () => {
      held.toggle(name);
    },
  }));
}
