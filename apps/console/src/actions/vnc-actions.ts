import type { ScaleMode, VncConsole } from "@curfew/client/vnc";
import type { ViewerOptions } from "../console-url/viewer-options.ts";
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
export function vncActions(vnc: VncConsole, url: ViewerOptions, context: ActionContext): readonly PageAction[] {
  applySettings(vnc, url, context.signal);
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
      menu: [scaleItems(vnc), [dragItem(vnc, url)]],
    },
    screenKeysAction((label) => createKeyRow(label, vnc, held, context.signal), context),
    viewOnlyAction(vnc, held, context),
  ];
}

/** What the URL says applies until the user chooses something else. */
function applySettings(vnc: VncConsole, url: ViewerOptions, signal: AbortSignal): void {
  let last = settings.current;
  if (settings.chosen.scale !== undefined && url.scale === "fit") vnc.scale = last.scale;
  vnc.quality = url.quality ?? last.quality;
  vnc.compression = url.compression ?? last.compression;
  vnc.showDotCursor = url.showDotCursor ?? last.dotCursor;
  settings.follow((now) => {
    if (now.quality !== last.quality) vnc.quality = now.quality;
    if (now.compression !== last.compression) vnc.compression = now.compression;
    if (now.dotCursor !== last.dotCursor) vnc.showDotCursor = now.dotCursor;
    if (now.scale !== last.scale) vnc.scale = now.scale;
    last = now;
    // Otherwise dragging would neither move the picture nor reach the machine.
    if (vnc.scale !== "none") setDragging(vnc, url, false);
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

function dragItem(vnc: VncConsole, url: ViewerOptions): MenuItem {
  return {
    label: texts().display.drag,
    toggles: true,
    checked: () => vnc.dragViewport,
    enabled: () => vnc.scale === "none",
    run: () => {
      setDragging(vnc, url, !vnc.dragViewport);
    },
  };
}

function setDragging(vnc: VncConsole, url: ViewerOptions, on: boolean): void {
  vnc.clipViewport = on || url.clipViewport;
  vnc.dragViewport = on;
}
