import type { SerialConsole } from "@curfew/client/serial";
import { texts } from "../locales/texts.ts";
import { icon } from "../widgets/icons.ts";
import { allows, type MenuItem, openContextMenu } from "@curfew/client/toolbar";
import type { ActionContext } from "./action-context.ts";

/** What the items of the menu do. */
export interface TerminalCommands {
  readonly copy: () => void;
  readonly paste: () => void;
  readonly find: () => void;
}

/**
 * Handles right clicks on the terminal: with a selection they copy it, as in other terminals; otherwise they open a
 * menu. While a program on the machine uses the mouse, it has the right button, too. With Shift, the browser shows its
 * own menu. The menu gives the keyboard back to the terminal when it closes, unless a command moves it.
 */
export function listenForRightClick(serial: SerialConsole, commands: TerminalCommands, context: ActionContext): void {
  const { shell, signal } = context;
  let menu: HTMLElement | undefined;
  const onContextMenu = (event: MouseEvent): void => {
    if (event.shiftKey || !(event.target instanceof Element) || event.target.closest(".screen") === null) return;
    // A long press selects text on touch screens.
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    event.preventDefault();
    if (serial.terminal?.modes.mouseTrackingMode !== "none") return;
    if (serial.selection !== "") {
      commands.copy();
      return;
    }
    const label = texts().actions.toolbar;
    menu = openContextMenu(
      shell.bar.root,
      { x: event.clientX, y: event.clientY },
      label,
      items(serial, commands, context),
      { checkMark: () => icon("check"), onDone: () => {} },
    );
    menu.addEventListener("toggle", () => {
      if (document.activeElement === document.body) context.refocus();
    });
  };
  addEventListener("contextmenu", onContextMenu, { signal });
  signal.addEventListener("abort", () => menu?.hidePopover());
}

function items(
  serial: SerialConsole,
  { copy, paste, find }: TerminalCommands,
  { refocus, viewOnly }: ActionContext,
): readonly (readonly MenuItem[])[] {
  const { actions, terminal } = texts();
  const canSend = !viewOnly && allows(serial, "to-machine");
  return [
    [
      ...(allows(serial, "from-machine")
        ? [{ label: actions.copy, enabled: () => serial.selection !== "", run: copy }]
        : []),
      ...(canSend ? [{ label: actions.paste, run: paste }] : []),
      {
        label: terminal.selectAll,
        run: () => {
          serial.selectAll();
          refocus();
        },
      },
    ],
    [
      {
        label: actions.clear,
        run: () => {
          serial.clear();
          refocus();
        },
      },
      { label: actions.search, run: find },
    ],
  ];
}
