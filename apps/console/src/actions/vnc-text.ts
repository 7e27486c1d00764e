import { allows, type HeldKeys, setClipboard, type Tool } from "@curfew/client/toolbar";
import type { VncConsole } from "@curfew/client/vnc";
import { copyText, readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext } from "./action-context.ts";
import { typeText } from "./screen-text.ts";

/** Opens the dialog for text and the clipboard. */
export function textAction(vnc: VncConsole, held: HeldKeys, context: ActionContext): Tool {
  let received = "";
  vnc.on("clipboard", ({ text }) => {
    received = text;
  });
  return {
    label: texts().actions.text,
    place: "toolbar",
    face: { icon: context.icon("clipboard-paste") },
    sendsInput: true,
    run: () => void openTextDialog(vnc, held, received, context),
  };
}

async function openTextDialog(
  vnc: VncConsole,
  held: HeldKeys,
  received: string,
  context: ActionContext,
): Promise<void> {
  const { text: labels, notices } = texts();
  const { toasts } = context.shell;
  const part = await loadPart(import("../dialogs/text-dialog.ts"), context);
  part?.openTextDialog({
    title: labels.title,
    sentence: labels.sentence,
    actions: [
      ...(allows(vnc, "to-machine")
        ? [{ label: labels.set, onText: (text: string) => setClipboard(vnc, text, context) }]
        : []),
      { label: labels.type, onText: (text) => void typeText(vnc, held, text, context) },
    ],
    ...(received === "" ? {} : { received: { text: received, onCopy: () => void copyReceived(received, context) } }),
    read: async () => {
      const text = await readClipboard();
      if (text === undefined) toasts.warn(notices.clipboardRefused);
      return text;
    },
    signal: context.signal,
  });
}

async function copyReceived(text: string, { shell }: ActionContext): Promise<void> {
  const { notices } = texts();
  if (await copyText(text)) shell.toasts.show(notices.copied);
  else shell.toasts.warn(notices.copyRefused);
}
