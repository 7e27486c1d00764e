import type { ScaleMode, VncConsole } from "@curfew/client/vnc";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { MenuItem } from "../shell/menu.ts";
import { HeldKeys } from "./held-keys.ts";
import { createKeyRow } from "./key-row.ts";
import { showTypingProgress } from "./paste-progress.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { ctrlAltDelAction, keysAction, screenshotAction, tellLimits, viewOnlyAction } from "./screen-actions.ts";
import { screenKeysAction } from "./screen-keys-action.ts";
import { textAction } from "./vnc-text.ts";

/** The actions of a VNC console. */
export function vncActions(vnc: VncConsole, context: ActionContext): readonly PageAction[] {
  applySettings(vnc, context.signal);
  showTypingProgress(vnc, context);
  const held = new HeldKeys(vnc, context.signal);
  const { actions } = texts();
  tellLimits(vnc, actions.text, context);
  return [
    ctrlAltDelAction(vnc, held, context),
    keysAction(vnc, held),
    textAction(vnc, held, context),
    screenshotAction(vnc, context),
    {
      label: actions.display,
      place: "toolbar-or-more",
      face: { icon: "proportions" },
      group: "tools",
      menu: [scaleItems(vnc), [dragItem(vnc)]],
    },
    screenKeysAction((label) => createKeyRow(label, vnc, held, context.signal), context),
    viewOnlyAction(vnc, held, context),
  ];
}

/** A scale in the URL applies until the user chooses another. */
function applySettings(vnc: VncConsole, signal: AbortSignal): void {
  const inUrl = vnc.scale;
  let scale = settings.current.scale;
  if (settings.chosen.scale !== undefined && inUrl === "fit") vnc.scale = scale;
  settings.follow((now) => {
    vnc.quality = now.quality;
    vnc.compression = now.compression;
    vnc.showDotCursor = now.dotCursor;
    if (now.scale !== scale) vnc.scale = now.scale;
    ({ scale } = now);
    // Otherwise dragging would neither move the picture nor reach the machine.
    if (vnc.scale !== "none") setDragging(vnc, false);
  }, signal);
}

function scaleItems(vnc: VncConsole): readonly MenuItem[] {
  const { display } = texts();
  const modes: readonly ScaleMode[] = ["fit", "none", "remote"];
  return modes.map((mode) => ({
    label: display[mode],
    checked: () => vnc.scale === mode,
    run: () => {
      vnc.scale = mode;
      settings.change({ scale: mode });
    },
  }));
}

function dragItem(vnc: VncConsole): MenuItem {
  return {
    label: texts().display.drag,
    toggles: true,
    checked: () => vnc.dragViewport,
    enabled: () => vnc.scale === "none",
    run: () => {
      setDragging(vnc, !vnc.dragViewport);
    },
  };
}

function setDragging(vnc: VncConsole, on: boolean): void {
  vnc.clipViewport = on;
  vnc.dragViewport = on;
}
