import type { SerialConsole } from "@curfew/client/serial";
import { readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext, PageAction } from "./page-action.ts";

/** Pastes into the terminal, from the toolbar and on right click. */
export function pasteAction(serial: SerialConsole, context: ActionContext): PageAction {
  const run = (): void => void paste(serial, context);
  if (!context.viewOnly) pasteOnRightClick(run, context.signal);
  return {
    label: texts().actions.paste,
    place: "toolbar",
    face: { icon: "clipboard-paste" },
    sendsInput: true,
    run,
  };
}

/** As in other terminals. With Shift, the browser shows its own menu. */
function pasteOnRightClick(run: () => void, signal: AbortSignal): void {
  addEventListener(
    "contextmenu",
    (event) => {
      if (event.shiftKey || !(event.target instanceof Element) || event.target.closest(".screen") === null) return;
      if (event.pointerType === "touch") return;
      event.preventDefault();
      run();
    },
    { signal },
  );
}

/** Pastes the user's clipboard where the browser allows reading it, else text from a dialog. */
async function paste(serial: SerialConsole, context: ActionContext): Promise<void> {
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
