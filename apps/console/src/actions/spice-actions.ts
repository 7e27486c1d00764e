import type { SpiceConsole, SpiceScaleMode } from "@curfew/client/spice";
import { readClipboard } from "../browser/clipboard.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { MenuItem } from "../shell/menu.ts";
import { HeldKeys } from "./held-keys.ts";
import { createKeyRow } from "./key-row.ts";
import { loadPart } from "./load-part.ts";
import { showTypingProgress } from "./paste-progress.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import {
  ctrlAltDelAction,
  keysAction,
  screenshotAction,
  tellLimits,
  typeText,
  viewOnlyAction,
} from "./screen-actions.ts";
import { screenKeysAction } from "./screen-keys-action.ts";

/** The actions of a SPICE console. Its viewer has no clipboard and cannot change the machine's resolution. */
export function spiceActions(spice: SpiceConsole, context: ActionContext): readonly PageAction[] {
  const held = new HeldKeys(spice, context.signal);
  showTypingProgress(spice, context);
  const { actions, text } = texts();
  tellLimits(spice, text.type, context);
  return [
    ctrlAltDelAction(spice, held, context),
    keysAction(spice, held),
    {
      label: text.type,
      place: "toolbar",
      face: { icon: "clipboard-paste" },
      sendsInput: true,
      run: () => void openTextDialog(spice, held, context),
    },
    screenshotAction(spice, context),
    {
      label: actions.display,
      place: "toolbar-or-more",
      face: { icon: "proportions" },
      group: "tools",
      menu: [scaleItems(spice)],
    },
    screenKeysAction((label) => createKeyRow(label, spice, held, context.signal), context),
    viewOnlyAction(spice, held, context),
  ];
}

function scaleItems(spice: SpiceConsole): readonly MenuItem[] {
  const { display } = texts();
  const modes: readonly SpiceScaleMode[] = ["fit", "none"];
  return modes.map((mode) => ({
    label: display[mode],
    checked: () => spice.scale === mode,
    run: () => {
      spice.scale = mode;
      settings.change({ scale: mode });
    },
  }));
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
