import {
  createKeyRow,
  ctrlAltDelTool,
  HeldKeys,
  keyRowTool,
  keysTool,
  type MenuItem,
  scaleItems,
  screenshotTool,
  showTypingProgress,
  type Tool,
  TouchControl,
  trackpadTool,
  viewOnlyTool,
} from "@curfew/client/toolbar";
import type { VncConsole } from "@curfew/client/vnc";
import type { ViewerOptions } from "../console-url/viewer-options.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ActionContext } from "./action-context.ts";
import { tellLimits } from "./screen-text.ts";
import { textAction } from "./vnc-text.ts";

/**
 * The actions of a VNC console.
 *
 * @param host - the element that it was created in
 */
export function vncActions(
  vnc: VncConsole,
  host: HTMLElement,
  url: ViewerOptions,
  context: ActionContext,
): readonly Tool[] {
  const touch = new TouchControl(vnc, host, context.signal);
  applySettings(vnc, touch, url, context.signal);
  showTypingProgress(vnc, context);
  const held = new HeldKeys(vnc, context.signal);
  tellLimits(vnc, texts().actions.text, context);
  const scales = scaleItems(vnc, ["fit", "none", "remote"], texts(), (scale) => {
    touch.resetZoom();
    settings.change({ scale });
  });
  return [
    ctrlAltDelTool(vnc, held, context),
    keysTool(vnc, held, context),
    textAction(vnc, held, context),
    screenshotTool(vnc, context),
    {
      label: texts().actions.display,
      place: "toolbar-or-more",
      face: { icon: context.icon("proportions") },
      group: "tools",
      menu: [scales, [dragItem(vnc, url)]],
    },
    keyRowTool(() => createKeyRow(vnc, held, context), context),
    trackpadTool(touch, context, (trackpad) => settings.change({ trackpad })),
    viewOnlyTool(vnc, held, context),
  ];
}

/** What the URL says applies until the user chooses something else. */
function applySettings(vnc: VncConsole, touch: TouchControl, url: ViewerOptions, signal: AbortSignal): void {
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
    touch.trackpad = now.trackpad;
    last = now;
    // Otherwise dragging would neither move the picture nor reach the machine.
    if (vnc.scale !== "none") setDragging(vnc, url, false);
  }, signal);
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
