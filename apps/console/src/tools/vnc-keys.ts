import type { KeyCombo, VncConsole } from "@curfew/client/vnc";
import { fill } from "@curfew/client/messages";
import { toolButton } from "../views/buttons.ts";
import { attachMenu, type MenuItem } from "../views/menu.ts";
import { createScreenKeyboard } from "../views/screen-keyboard.ts";
import { createScreenKeys, type ScreenKey } from "../views/screen-keys.ts";
import { exitKeys, keyNames, type NamedKey } from "../words/key-names.ts";
import { words } from "../words/words.ts";
import type { ToolContext } from "./common.ts";
import { modifiers, type HeldKeys } from "./held-keys.ts";
import { keySymbols, symbolOfKey, type KeySymbol } from "./keysyms.ts";

/** The menu of combinations that the person's own system would catch, and of modifiers to hold. */
export function keysTool(vnc: VncConsole, held: HeldKeys, context: ToolContext): HTMLElement {
  const { tools, keys } = words();
  const button = toolButton(tools.keys, () => {}, { icon: "keyboard" });
  const combo = (name: KeyCombo, ...labels: readonly NamedKey[]): MenuItem => ({
    label: keyNames(...labels),
    onChoose: () => {
      vnc.sendKeys(name);
      held.pressAgain();
    },
  });
  const sysRq: MenuItem = {
    label: keyNames("alt", "sysRq"),
    onChoose: () => {
      const pressed = [keySymbols.alt, keySymbols.sysRq];
      for (const key of pressed) send(vnc, key, true);
      for (const key of pressed.toReversed()) send(vnc, key, false);
      held.pressAgain();
    },
  };
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;
  const groups: MenuItem[][] = [
    [
      combo("ctrl-alt-del", "ctrl", "alt", "del"),
      combo("ctrl-alt-backspace", "ctrl", "alt", "backspace"),
      combo("alt-tab", "alt", "tab"),
      combo("alt-f4", "alt", "F4"),
      combo("super", "super"),
      combo("print-screen", "printScreen"),
      sysRq,
      combo("esc", "esc"),
      combo("tab", "tab"),
    ],
    modifiers.map((name) => ({
      label: `${keys.hold}: ${keyNames(name)}`,
      checked: () => held.isHeld(name),
      toggles: true,
      onChoose: () => {
        held.toggle(name);
      },
    })),
    numbers.map((number) => combo(`ctrl-alt-f${number}`, "ctrl", "alt", `F${number}`)),
  ];
  const note = fill(keys.note, { keys: exitKeys() });
  context.addOverlay(attachMenu(button, tools.keys, groups, { note, onDone: context.refocus }));
  held.onChange(() => {
    button.classList.toggle("tool-held", held.any);
  });
  return button;
}

/** The row of keys for fingers, with the screen keyboard's field. */
export function vncScreenKeys(vnc: VncConsole, held: HeldKeys, context: ToolContext): HTMLElement {
  const { tools } = words();
  // One after the other, as typed.
  let typing = Promise.resolve();
  const field = createScreenKeyboard({
    label: tools.screenKeyboard,
    onText: (erased, typed) => {
      typing = typing
        .then(() => {
          for (let count = 0; count < erased; count += 1) send(vnc, keySymbols.backspace);
          return vnc.typeText(typed, { delayMs: 0, signal: context.signal });
        })
        .then(() => held.pressAgain())
        .catch(() => {});
    },
    onKey: (key) => {
      const symbol = symbolOfKey.get(key);
      if (symbol !== undefined) send(vnc, symbol);
      return symbol !== undefined;
    },
  });
  const plain = (name: "tab" | "esc"): ScreenKey => ({
    label: keyNames(name),
    onPress: () => {
      send(vnc, keySymbols[name]);
    },
  });
  const arrow = (name: "left" | "up" | "down" | "right"): ScreenKey => ({
    label: keyNames(name),
    icon: `arrow-${name}`,
    onPress: () => {
      send(vnc, keySymbols[name]);
    },
  });
  const holding = modifiers.map((name): ScreenKey => ({
    label: keyNames(name),
    held: () => held.isHeld(name),
    onPress: () => {
      held.toggle(name);
    },
  }));
  const keyboard: ScreenKey = {
    label: tools.screenKeyboard,
    icon: "keyboard",
    onPress: () => {
      field.focus();
    },
  };
  const keys = [
    keyboard,
    ...holding,
    plain("tab"),
    plain("esc"),
    arrow("left"),
    arrow("up"),
    arrow("down"),
    arrow("right"),
  ];
  const row = createScreenKeys(tools.screenKeys, keys, field);
  held.onChange(row.update);
  return row.root;
}

function send(vnc: VncConsole, { keysym, code }: KeySymbol, down?: boolean): void {
  vnc.sendKey(keysym, code, down);
}
