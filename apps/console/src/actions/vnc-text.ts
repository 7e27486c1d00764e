import type { VncConsole } from "@curfew/client/vnc";
import { format } from "@curfew/client/messages";
import { copyText, readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import type { HeldKeys } from "./held-keys.ts";
import { loadPart } from "./load-part.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { typeText } from "./screen-actions.ts";

/** Opens the dialog for text and the clipboard. */
export function textAction(vnc: VncConsole, held: HeldKeys, context: ActionContext): PageAction {
  let received = "";
  vnc.on("clipboard", ({ text }) => {
    received = text;
  });
  return {
    label: texts().actions.text,
    place: "toolbar",
    face: { icon: "clipboard-paste" },
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
      { label: labels.set, onText: (text) => setClipboard(vnc, text, context) },
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

function setClipboard(vnc: VncConsole, text: string, { isConnected, refocus, shell }: ActionContext): void {
  const { notices } = texts();
  const missing = vnc.missingInClipboard(text);
  if (vnc.setClipboard(text)) shell.toasts.show(notices.clipboardSet);
  else if (isConnected() && missing !== "") {
    shell.toasts.warn(format(notices.clipboardLacks, { characters: Array.from(missing).join(" ") }));
  } else shell.toasts.warn(notices.notSent);
  refocus();
}

async function copyReceived(text: string, { shell }: ActionContext): Promise<void> {
  const { notices } = texts();
  if (await copyText(text)) shell.toasts.show(notices.copied);
  else shell.toasts.warn(notices.copyRefused);
}
