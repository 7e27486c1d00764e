import type { SerialConsole } from "@curfew/client/serial";
import { format } from "@curfew/client/messages";
import { download, fileName } from "../browser/downloads.ts";
import { texts } from "../locales/texts.ts";
import { MAX_FONT_SIZE, MIN_FONT_SIZE } from "../settings/fields.ts";
import { settings } from "../settings/settings-store.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { screenKeysAction } from "./screen-keys-action.ts";
import { ringBell } from "./serial-bell.ts";
import { listenForRightClick, type TerminalCommands } from "./serial-context-menu.ts";
import { paste } from "./serial-paste.ts";
import { showPasteProgress } from "./paste-progress.ts";
import { watchSilence } from "./serial-silence.ts";
import { sizeAction } from "./serial-size.ts";
import { createSerialScreenKeys } from "./serial-screen-keys.ts";

/** The actions of a serial console. */
export function serialActions(serial: SerialConsole, context: ActionContext): readonly PageAction[] {
  const { signal, shell } = context;
  const commands: TerminalCommands = {
    copy: () => void copySelection(serial, context),
    paste: () => void paste(serial, context),
    find: () => void openSearch(serial, context),
  };
  applySettings(serial, signal);
  ringBell(serial, signal);
  listenForRightClick(serial, commands, context);
  const { actions, terminal } = texts();
  showPasteProgress(serial, { name: actions.paste, label: terminal.pasting, stopped: terminal.pasteStopped }, context);
  serial.on("droprefused", () => shell.warnOfDrop(), { signal });
  shell.followCover((cover) => {
    serial.covered = cover;
  }, signal);
  if (!context.viewOnly) watchSilence(serial, () => shell.toasts.show(texts().terminal.silent, "keyboard"), signal);
  return [...textActions(commands), ...terminalActions(serial, context)];
}

/** What is done with the terminal's text. */
function textActions({ find, copy, paste }: TerminalCommands): readonly PageAction[] {
  const { actions } = texts();
  return [
    { label: actions.search, place: "toolbar", face: { icon: "search" }, letter: "/", shortcut: "F", run: find },
    { label: actions.copy, place: "toolbar-or-more", face: { icon: "copy" }, group: "tools", apart: true, run: copy },
    { label: actions.paste, place: "toolbar", face: { icon: "clipboard-paste" }, sendsInput: true, run: paste },
  ];
}

/** What is done with the terminal itself, less often. */
function terminalActions(serial: SerialConsole, context: ActionContext): readonly PageAction[] {
  const { actions, terminal } = texts();
  const rare = { place: "toolbar-or-more", group: "tools" } as const;
  const andBack = (run: () => void) => (): void => {
    run();
    context.refocus();
  };
  return [
    sizeAction(serial, context),
    {
      label: actions.smaller,
      ...rare,
      face: { icon: "a-arrow-down" },
      apart: true,
      run: () => changeFontSize(-1, context),
    },
    { label: actions.larger, ...rare, face: { icon: "a-arrow-up" }, run: () => changeFontSize(1, context) },
    {
      label: actions.transcript,
      ...rare,
      face: { icon: "download" },
      apart: true,
      run: () => saveTranscript(serial, context),
    },
    { label: actions.clear, ...rare, face: { icon: "eraser" }, run: andBack(() => serial.clear()) },
    { label: terminal.reset, place: "more", group: "tools", run: andBack(() => serial.resetTerminal()) },
    screenKeysAction((label) => createSerialScreenKeys(label, serial, context.signal), context),
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

function saveTranscript(serial: SerialConsole, { name, refocus, shell }: ActionContext): void {
  const transcript = new Blob([serial.transcript()], { type: "text/plain;charset=utf-8" });
  download(transcript, fileName(name(), new Date(), "txt"));
  shell.toasts.show(texts().notices.transcriptSaved);
  refocus();
}

async function copySelection(serial: SerialConsole, { refocus, shell }: ActionContext): Promise<void> {
  const { notices } = texts();
  if (await serial.copySelection()) shell.toasts.show(notices.copied);
  else shell.toasts.warn(serial.selection === "" ? notices.nothingSelected : notices.copyRefused);
  refocus();
}

async function openSearch(serial: SerialConsole, context: ActionContext): Promise<void> {
  const part = await loadPart(import("../shell/search-bar.ts"), context);
  if (part === undefined) return;
  const { refocus, shell } = context;
  const close = (): void => {
    shell.setTray("top", undefined);
    refocus();
  };
  const bar = part.createSearchBar((text, options) => serial.find(text, options), close);
  shell.setTray("top", bar, () => void removeMarks(serial));
  bar.querySelector("input")?.focus();
}

async function removeMarks(serial: SerialConsole): Promise<void> {
  await serial.find("").catch(() => {});
}
