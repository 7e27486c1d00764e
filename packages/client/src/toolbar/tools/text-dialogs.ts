import type { SerialConsole } from "../../views/serial/serial-console.ts";
import type { SpiceConsole } from "../../views/spice/spice-console.ts";
import type { VncConsole } from "../../views/vnc/vnc-console.ts";
import { isVnc } from "./screen-console.ts";
import { allows } from "./terminal-tools.ts";
import { setClipboard } from "./text-tools.ts";
import type { ToolContext } from "./tool-context.ts";

/** The text in the user's clipboard. Undefined where the user or the browser does not allow reading it. */
export async function readClipboard(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return undefined;
  }
}

/**
 * The dialog for text that is typed on the machine, and for its clipboard where it has one.
 *
 * @param type - types the text that the user entered
 * @returns opens it
 */
export function screenTextDialog(
  console: VncConsole | SpiceConsole,
  context: ToolContext,
  type: (text: string) => void,
): () => void {
  let received = "";
  if (isVnc(console)) console.on("clipboard", ({ text }) => (received = text), { signal: context.signal });
  return () => void openScreenText(console, received, context, type);
}

async function openScreenText(
  console: VncConsole | SpiceConsole,
  received: string,
  context: ToolContext,
  type: (text: string) => void,
): Promise<void> {
  const { notices, text: labels } = context.texts;
  const part = await context.load(import("../dialogs/text-dialog.ts"));
  const vnc = isVnc(console) ? console : undefined;
  const set = vnc !== undefined &&
    allows(vnc, "to-machine") && { label: labels.set, onText: (text: string) => setClipboard(vnc, text, context) };
  part?.openTextDialog(
    {
      title: vnc === undefined ? labels.type : labels.title,
      sentence: vnc === undefined ? labels.typeSentence : labels.sentence,
      actions: [...(set ? [set] : []), { label: labels.type, onText: type }],
      ...(received === "" ? {} : { received: { text: received, onCopy: () => void copyReceived(received, context) } }),
      read: async () => {
        const text = await readClipboard();
        if (text === undefined) context.notify(notices.clipboardRefused, "problem");
        return text;
      },
    },
    context,
  );
}

async function copyReceived(received: string, { notify, texts: { notices } }: ToolContext): Promise<void> {
  try {
    await navigator.clipboard.writeText(received);
    notify(notices.copied);
  } catch {
    notify(notices.copyRefused, "problem");
  }
}

/** Pastes the user's clipboard where the browser allows reading it, else text from a dialog. */
export async function pasteText(serial: SerialConsole, context: ToolContext): Promise<void> {
  const text = await readClipboard();
  if (text !== undefined) {
    await send(serial, text, context);
    return;
  }
  const part = await context.load(import("../dialogs/text-dialog.ts"));
  const { text: labels, actions } = context.texts;
  const action = { label: labels.send, onText: (typed: string) => void send(serial, typed, context) };
  part?.openTextDialog({ title: actions.paste, sentence: labels.pasteHere, actions: [action] }, context);
}

async function send(
  serial: SerialConsole,
  text: string,
  { isConnected, notify, refocus, texts: { notices } }: ToolContext,
): Promise<void> {
  const { channel } = serial.connection;
  if (!isConnected()) notify(notices.notSent, "problem");
  // If the connection is still the same, the user has declined to paste.
  else if (!(await serial.paste(text)) && serial.connection.channel !== channel) notify(notices.pasteCut, "problem");
  refocus();
}
