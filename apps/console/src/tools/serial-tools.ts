import type { SerialConsole } from "@curfew/client/serial";
import { toolButton } from "../views/buttons.ts";
import { openTextDialog } from "../views/dialogs.ts";
import { disconnectTool, download, fileName, fullScreenTool, type ToolContext } from "./common.ts";

/** CSS pixels. */
const smallestFont = 9;
const largestFont = 28;

/** The toolbar of a serial console; with `viewOnly` without pasting. */
export function serialTools(serial: SerialConsole, viewOnly: boolean, context: ToolContext): HTMLElement[] {
  const resize = (by: number): void => {
    serial.fontSize = Math.min(largestFont, Math.max(smallestFont, serial.fontSize + by));
    context.toast(`Text size ${serial.fontSize}`);
  };
  const tools = [
    toolButton("Copy selection", () => void copySelection(serial, context), { icon: "copy" }),
    viewOnly ? null : toolButton("Paste", () => void paste(serial, context), { icon: "clipboard-paste" }),
    toolButton(
      "Smaller text",
      () => {
        resize(-1);
      },
      { icon: "a-arrow-down" },
    ),
    toolButton(
      "Larger text",
      () => {
        resize(1);
      },
      { icon: "a-arrow-up" },
    ),
    toolButton(
      "Save transcript",
      () => {
        const transcript = new Blob([serial.transcript()], { type: "text/plain;charset=utf-8" });
        download(transcript, fileName(context.name(), new Date(), "txt"));
        context.toast("Transcript saved to your downloads.");
        context.refocus();
      },
      { icon: "download" },
    ),
    toolButton(
      "Clear screen",
      () => {
        serial.clear();
        context.refocus();
      },
      { icon: "eraser" },
    ),
    fullScreenTool(context),
    disconnectTool(context),
  ];
  return tools.filter((tool) => tool !== null);
}

async function copySelection(serial: SerialConsole, context: ToolContext): Promise<void> {
  const copied = await serial.copySelection();
  context.toast(copied ? "Copied." : "Nothing copied: select text in the console first.");
  context.refocus();
}

/** From the clipboard where the browser allows reading it, else from a field to paste into. */
async function paste(serial: SerialConsole, context: ToolContext): Promise<void> {
  const text = await readClipboard();
  if (context.signal.aborted) return;
  if (text === null) {
    openTextDialog({
      title: "Paste text",
      sentence: "The browser does not let this page read your clipboard. Paste the text here.",
      actions: [
        {
          label: "Send",
          onText: (typed) => {
            void serial.paste(typed);
          },
        },
      ],
      signal: context.signal,
    });
    return;
  }
  void serial.paste(text);
  context.refocus();
}

async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    // Refused, or not there: browsers offer it on https and localhost only.
    return null;
  }
}
