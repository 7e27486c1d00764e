import type { SpiceConsole } from "@curfew/client/spice";
import {
  createKeyRow,
  ctrlAltDelTool,
  HeldKeys,
  keyRowTool,
  keysTool,
  scaleItems,
  screenshotTool,
  type Tool,
  viewOnlyTool,
} from "@curfew/client/toolbar";
import { readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import { loadPart } from "./load-part.ts";
import { showTypingProgress } from "./paste-progress.ts";
import type { ActionContext } from "./action-context.ts";
import { tellLimits, typeText } from "./screen-text.ts";

/** The actions of a SPICE console. Its viewer has no clipboard and cannot change the machine's resolution. */
export function spiceActions(spice: SpiceConsole, context: ActionContext): readonly Tool[] {
  const held = new HeldKeys(spice, context.signal);
  showTypingProgress(spice, context);
  const { actions, text } = texts();
  tellLimits(spice, text.type, context);
  return [
    ctrlAltDelTool(spice, held, context),
    keysTool(spice, held, context),
    {
      label: text.type,
      place: "toolbar",
      face: { icon: context.icon("clipboard-paste") },
      sendsInput: true,
      run: () => void openTextDialog(spice, held, context),
    },
    screenshotTool(spice, context),
    {
      label: actions.display,
      place: "toolbar-or-more",
      face: { icon: context.icon("proportions") },
      group: "tools",
      menu: [scaleItems(spice, ["fit", "none"], texts(), (scale) => settings.change({ scale }))],
    },
    keyRowTool(() => createKeyRow(spice, held, context), context),
    viewOnlyTool(spice, held, context),
  ];
}

async function openTextDialog(spice: SpiceConsole, held: HeldKeys, context: ActionContext): Promise<void> {
  const { text: labels, notices } = texts();
  const part = await loadPart(import("../dialogs/text-dialog.ts"), context);
  part?.openTextDialog({
    title: labels.type,
    sentence: labels.typeSentence,
    actions: [{ label: labels.type, onText: (text) => void typeText(spice, held, text, context) }],
    read: async () => {
      const text = await readClipboard();
      if (text === undefined) context.shell.toasts.warn(notices.clipboardRefused);
      return text;
    },
    signal: context.signal,
  });
}
