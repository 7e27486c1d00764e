import type { SerialConsole } from "@curfew/client/serial";
import {
  copySelection,
  copyTool,
  createSerialKeyRow,
  fontSizeTools,
  keyRowTool,
  pasteText,
  pasteTool,
  searchTool,
  showPasteProgress,
  sizeTool,
  terminalTools,
  type Tool,
} from "@curfew/client/toolbar";
import { format } from "@curfew/client/messages";
import { texts } from "../locales/texts.ts";
import { MAX_FONT_SIZE, MIN_FONT_SIZE } from "../settings/fields.ts";
import { settings } from "../settings/settings-store.ts";
import type { ActionContext } from "./action-context.ts";
import { ringBell } from "./serial-bell.ts";
import { listenForRightClick, type TerminalCommands } from "./serial-context-menu.ts";
import { watchSilence } from "./serial-silence.ts";

/** The actions of a serial console. */
export function serialActions(serial: SerialConsole, context: ActionContext): readonly Tool[] {
  const { shell, signal } = context;
  const search = searchTool(serial, context);
  const commands: TerminalCommands = {
    copy: () => void copySelection(serial, context),
    paste: () => void pasteText(serial, context),
    find: search.run,
  };
  applySettings(serial, signal);
  ringBell(serial, signal);
  listenForRightClick(serial, commands, context);
  showPasteProgress(serial, context);
  serial.on("droprefused", () => shell.warnOfDrop(), { signal });
  shell.followCover((cover) => {
    serial.covered = cover;
  }, signal);
  if (!context.viewOnly) watchSilence(serial, () => shell.toasts.show(texts().terminal.silent, "keyboard"), signal);
  return [
    { ...search, shortcut: "F" },
    copyTool(serial, context, commands.copy),
    pasteTool(serial, context, commands.paste),
    sizeTool(serial, context, (size) => settings.change({ terminalSize: size })),
    ...fontSizeTools(context, (by) => changeFontSize(by, context)),
    ...terminalTools(serial, context),
    keyRowTool(() => createSerialKeyRow(serial, context), context),
  ];
}

function applySettings(serial: SerialConsole, signal: AbortSignal): void {
  settings.follow(({ terminalSize, terminalTheme, theme, ...current }) => {
    const { fontSize, lineEnding, localEcho, backspace, encoding, convertEol, copyOnSelect } = current;
    const size = terminalSize === "fit" ? "fit" : { cols: 80, rows: 24 };
    Object.assign(serial, { fontSize, lineEnding, localEcho, backspace, encoding, convertEol, copyOnSelect, size });
    const colors = terminalTheme === "page" ? theme : terminalTheme;
    serial.theme = colors === "system" ? "auto" : colors;
    document.body.dataset["terminal"] = colors;
  }, signal);
}

function changeFontSize(by: number, { shell }: ActionContext): void {
  const size = Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, settings.current.fontSize + by));
  settings.change({ fontSize: size });
  shell.toasts.show(format(texts().notices.textSize, { size }));
}
