import type { SerialConsole, SerialKey } from "@curfew/client/serial";
import { fill } from "@curfew/client/messages";
import { largestFont, smallestFont } from "../settings/fields.ts";
import { settings } from "../settings/settings-store.ts";
import { toolButton } from "../views/buttons.ts";
import type { IconName } from "../views/icons.ts";
import type { MenuItem } from "../views/menu.ts";
import { createScreenKeys, type ScreenKey } from "../views/screen-keys.ts";
import { keyNames } from "../words/key-names.ts";
import { words } from "../words/words.ts";
import {
  disconnectTool,
  fullScreenTool,
  loadPart,
  moreTool,
  pageLetters,
  type ToolContext,
  type Tools,
} from "./common.ts";
import { download, fileName, readClipboard } from "./files.ts";

/** The toolbar of a serial console; with `viewOnly` without pasting. */
export function serialTools(serial: SerialConsole, viewOnly: boolean, context: ToolContext): Tools {
  applySettings(serial, context.signal);
  const { tools } = words();
  const search = (): void => void openSearch(serial, context);
  const copy = (): void => void copySelection(serial, context);
  const rare: readonly (readonly [label: string, icon: IconName, act: () => void])[] = [
    [tools.smaller, "a-arrow-down", () => resize(-1, context)],
    [tools.larger, "a-arrow-up", () => resize(1, context)],
    [tools.transcript, "download", () => saveTranscript(serial, context)],
    [
      tools.clear,
      "eraser",
      () => {
        serial.clear();
        context.refocus();
      },
    ],
  ];
  const wide = rare.map(([label, icon, act]) => {
    const button = toolButton(label, act, { icon });
    button.classList.add("wide-only");
    return button;
  });
  const narrow = rare.map(([label, , onChoose]): MenuItem => ({ label, narrow: true, onChoose }));
  const own = viewOnly ? [narrow] : [narrow, [screenKeysItem(serial, context)]];
  if (!viewOnly) pasteOnRightClick(serial, context);
  searchOnKeys(serial, search, context.signal);
  const buttons = [
    toolButton(tools.search, search, { icon: "search" }),
    toolButton(tools.copy, copy, { icon: "copy" }),
    viewOnly ? null : toolButton(tools.paste, () => void paste(serial, context), { icon: "clipboard-paste" }),
    ...wide,
    fullScreenTool(context),
    moreTool(context, own),
    disconnectTool(context),
  ];
  const letters = pageLetters(context).set("/", search);
  return { buttons: buttons.filter((tool) => tool !== null), letters };
}

function applySettings(serial: SerialConsole, signal: AbortSignal): void {
  settings.follow(({ fontSize, terminalTheme, theme, lineEnding, localEcho }) => {
    serial.fontSize = fontSize;
    serial.lineEnding = lineEnding;
    serial.localEcho = localEcho;
    const colours = terminalTheme === "page" ? theme : terminalTheme;
    serial.theme = colours === "system" ? "auto" : colours;
    document.body.dataset["terminal"] = colours;
  }, signal);
}

function resize(by: number, context: ToolContext): void {
  const size = Math.min(largestFont, Math.max(smallestFont, settings.current.fontSize + by));
  settings.change({ fontSize: size });
  context.toast(fill(words().notices.textSize, { size }));
}

function saveTranscript(serial: SerialConsole, context: ToolContext): void {
  const transcript = new Blob([serial.transcript()], { type: "text/plain;charset=utf-8" });
  download(transcript, fileName(context.name(), new Date(), "txt"));
  context.toast(words().notices.transcriptSaved);
  context.refocus();
}

async function copySelection(serial: SerialConsole, context: ToolContext): Promise<void> {
  const { notices } = words();
  if (await serial.copySelection()) context.toast(notices.copied);
  else context.warn(serial.selection === "" ? notices.nothingSelected : notices.copyRefused);
  context.refocus();
}

/** From the clipboard where the browser allows reading it, else from a field to paste into. */
async function paste(serial: SerialConsole, context: ToolContext): Promise<void> {
  const text = await readClipboard();
  if (text !== null) {
    await send(serial, text, context);
    return;
  }
  const part = await loadPart(import("../views/text-dialog.ts"), context);
  const { text: labels, tools } = words();
  const action = { label: labels.send, onText: (typed: string) => void send(serial, typed, context) };
  part?.openTextDialog({ title: tools.paste, sentence: labels.pasteHere, actions: [action], signal: context.signal });
}

async function send(serial: SerialConsole, text: string, context: ToolContext): Promise<void> {
  const { notices } = words();
  const { channel } = serial.connection;
  if (serial.state.status !== "connected") context.warn(notices.notSent);
  // In the same connection it was the person who said no.
  else if (!(await serial.paste(text)) && serial.connection.channel !== channel) context.warn(notices.pasteCut);
  context.refocus();
}

/** As terminals do; with Shift the browser's own menu comes. */
function pasteOnRightClick(serial: SerialConsole, context: ToolContext): void {
  addEventListener(
    "contextmenu",
    (event) => {
      if (event.shiftKey || !(event.target instanceof Element) || event.target.closest(".screen") === null) return;
      if (event.pointerType === "touch") return;
      event.preventDefault();
      void paste(serial, context);
    },
    { signal: context.signal },
  );
}

/** Ctrl + Shift + F, which terminals leave to the program around them. */
function searchOnKeys(serial: SerialConsole, search: () => void, signal: AbortSignal): void {
  addEventListener(
    "keydown",
    (event) => {
      if (!event.ctrlKey || !event.shiftKey || event.altKey || event.code !== "KeyF") return;
      // Behind a card or a dialog nobody would see it.
      if (serial.state.status !== "connected" || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      search();
    },
    { capture: true, signal },
  );
}

async function openSearch(serial: SerialConsole, context: ToolContext): Promise<void> {
  const part = await loadPart(import("../views/search-bar.ts"), context);
  if (part === null) return;
  const close = (): void => {
    context.setTray("top", null);
    context.refocus();
  };
  const bar = part.createSearchBar((text, options) => serial.find(text, options), close);
  // However it goes, its marks go with it.
  context.setTray("top", bar, () => void serial.find("").catch(() => {}));
  bar.querySelector("input")?.focus();
}

function screenKeysItem(serial: SerialConsole, context: ToolContext): MenuItem {
  const { tools } = words();
  const key = (label: string, sent: string): ScreenKey => ({
    label,
    onPress: () => {
      serial.write(sent);
    },
  });
  const arrow = (name: "left" | "up" | "down" | "right", sent: SerialKey): ScreenKey => ({
    label: keyNames(name),
    icon: `arrow-${name}`,
    onPress: () => {
      serial.sendKey(sent);
    },
  });
  const control = (letter: string): ScreenKey =>
    key(`${keyNames("ctrl")} + ${letter}`, String.fromCodePoint((letter.codePointAt(0) ?? 0) - 64));
  const keys = [
    key(keyNames("esc"), "\u001B"),
    key(keyNames("tab"), "\t"),
    ...["C", "D", "Z", "]"].map(control),
    arrow("left", "ArrowLeft"),
    arrow("up", "ArrowUp"),
    arrow("down", "ArrowDown"),
    arrow("right", "ArrowRight"),
  ];
  const row = createScreenKeys(tools.screenKeys, keys, null).root;
  if (matchMedia("(pointer: coarse)").matches) context.setTray("bottom", row);
  return {
    label: tools.screenKeys,
    toggles: true,
    checked: () => row.isConnected,
    onChoose: () => {
      context.setTray("bottom", row.isConnected ? null : row);
    },
  };
}
