import type { SerialConsole } from "../../views/serial/serial-console.ts";
import { download, fileName } from "./downloads.ts";
import type { Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

const RARE = { place: "toolbar-or-more", group: "tools" } as const;

/** Copies the selected text. */
export async function copySelection(
  serial: SerialConsole,
  { notify, refocus, texts: { notices } }: ToolContext,
): Promise<void> {
  if (await serial.copySelection()) notify(notices.copied);
  else notify(serial.selection === "" ? notices.nothingSelected : notices.copyRefused, "problem");
  refocus();
}

/** Whether text may go in a direction; see `ClipboardOptions`. */
export function allows(console: Pick<SerialConsole, "clipboard">, direction: "to-machine" | "from-machine"): boolean {
  return console.clipboard === "both" || console.clipboard === direction;
}

/**
 * Copies the selected text, unless the options for the clipboard do not allow it.
 *
 * @param run - copies, such as {@link copySelection}
 */
export function copyTool(serial: SerialConsole, { icon, texts }: ToolContext, run: () => void): Tool {
  const face = { icon: icon("copy") };
  return { label: texts.actions.copy, ...RARE, face, apart: true, available: allows(serial, "from-machine"), run };
}

/**
 * Pastes text, unless the options for the clipboard do not allow it.
 *
 * @param run - reads the clipboard and pastes
 */
export function pasteTool(serial: SerialConsole, { icon, texts }: ToolContext, run: () => void): Tool {
  const face = { icon: icon("clipboard-paste") };
  const available = allows(serial, "to-machine");
  return { label: texts.actions.paste, place: "toolbar", face, sendsInput: true, available, run };
}

/**
 * Makes the text larger and smaller.
 *
 * @param change - changes its size by so many pixels
 */
export function fontSizeTools(
  { icon, texts: { actions } }: ToolContext,
  change: (by: number) => void,
): readonly Tool[] {
  const smaller = { icon: icon("a-arrow-down") };
  const larger = { icon: icon("a-arrow-up") };
  return [
    { label: actions.smaller, ...RARE, face: smaller, apart: true, run: () => change(-1) },
    { label: actions.larger, ...RARE, face: larger, run: () => change(1) },
  ];
}

/** Saves the text, clears the screen, and resets the terminal. */
export function terminalTools(serial: SerialConsole, context: ToolContext): readonly Tool[] {
  const { icon, texts } = context;
  const { actions } = texts;
  const andBack = (run: () => void) => (): void => {
    run();
    context.refocus();
  };
  const save = { icon: icon("download") };
  const erase = { icon: icon("eraser") };
  return [
    { label: actions.transcript, ...RARE, face: save, apart: true, run: () => saveTranscript(serial, context) },
    { label: actions.clear, ...RARE, face: erase, run: andBack(() => serial.clear()) },
    { label: actions.resetTerminal, place: "more", group: "tools", run: andBack(() => serial.resetTerminal()) },
  ];
}

function saveTranscript(serial: SerialConsole, { name, notify, refocus, texts }: ToolContext): void {
  const transcript = new Blob([serial.transcript()], { type: "text/plain;charset=utf-8" });
  download(transcript, fileName(name(), new Date(), "txt"));
  notify(texts.notices.transcriptSaved);
  refocus();
}
