import type { SerialConsole } from "@curfew/client/serial";
import { readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext } from "./action-context.ts";

/** Pastes the user's clipboard where the browser allows reading it, else text from a dialog. */
export async function paste(serial: SerialConsole, context: ActionContext): Promise<void> {
  const text = await readClipboard();
  if (text !== undefined) {
    await send(serial, text, context);
    return;
  }
  const part = await loadPart(import("../dialogs/text-dialog.ts"), context);
  const { text: labels, actions } = texts();
  const action = { label: labels.send, onText: (typed: string) => void send(serial, typed, context) };
  part?.openTextDialog({ title: actions.paste, sentence: labels.pasteHere, actions: [action], signal: context.signal });
}

async function send(
  serial: SerialConsole,
  text: string,
  { isConnected, refocus, shell }: ActionContext,
): Promise<void> {
  const { notices } = texts();
  const { channel } = serial.connection;
  if (!isConnected()) shell.toasts.warn(notices.notSent);
  // If the connection is still the same, the user has declined to paste.
  else if (!(await serial.paste(text)) && serial.connection.channel !== channel) shell.toasts.warn(notices.pasteCut);
  refocus();
}
