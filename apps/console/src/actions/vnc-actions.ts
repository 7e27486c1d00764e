import type { ScaleMode, VncConsole } from "@curfew/client/vnc";
import { format } from "@curfew/client/messages";
import { download, fileName } from "../browser/downloads.ts";
import { keyNames, leaveKeys } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { MenuItem } from "../shell/menu.ts";
import { HeldKeys } from "./held-keys.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import { screenKeysAction } from "./screen-keys-action.ts";
import { vncKeyMenu } from "./vnc-key-menu.ts";
import { createVncScreenKeys } from "./vnc-screen-keys.ts";
import { textAction } from "./vnc-text.ts";

/** The actions of a VNC console. */
export function vncActions(vnc: VncConsole, context: ActionContext): readonly PageAction[] {
  applySettings(vnc, context.signal);
  const held = new HeldKeys(vnc, context.signal);
  const { actions } = texts();
  return [
    ctrlAltDelAction(vnc, held, context),
    keysAction(vnc, held),
    textAction(vnc, held, context),
    {
      label: actions.screenshot,
      place: "toolbar-or-more",
      face: { icon: "camera" },
      group: "tools",
      run: () => void saveScreenshot(vnc, context),
    },
    {
      label: actions.display,
      place: "toolbar-or-more",
      face: { icon: "scaling" },
      group: "tools",
      menu: [scaleItems(vnc), [dragItem(vnc)]],
    },
    screenKeysAction((label) => createVncScreenKeys(label, vnc, held, context.signal), context),
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

function ctrlAltDelAction(vnc: VncConsole, held: HeldKeys, { refocus }: ActionContext): PageAction {
  const keys = keyNames("ctrl", "alt", "del");
  return {
    label: format(texts().actions.ctrlAltDel, { keys }),
    place: "toolbar",
    face: { text: keys.replaceAll(" + ", " ") },
    sendsInput: true,
    run: () => {
      vnc.sendKeys("ctrl-alt-del");
      held.pressAgain();
      refocus();
    },
  };
}

function keysAction(vnc: VncConsole, held: HeldKeys): PageAction {
  const { actions, keys } = texts();
  return {
    label: actions.keys,
    place: "toolbar",
    face: { icon: "keyboard" },
    sendsInput: true,
    menu: vncKeyMenu(vnc, held),
    note: format(keys.note, { keys: leaveKeys() }),
    whileOn: {
      isOn: () => held.any,
      watch: (update) => {
        held.onChange(update);
      },
      className: "tool-held",
    },
  };
}

function viewOnlyAction(vnc: VncConsole, held: HeldKeys, { shell, signal, viewOnly }: ActionContext): PageAction {
  // The next session starts as the URL says.
  signal.addEventListener("abort", () => shell.setViewOnly(viewOnly));
  return {
    label: texts().actions.viewOnly,
    place: "more",
    group: "input",
    available: !viewOnly,
    checked: () => vnc.viewOnly,
    toggles: true,
    run: () => {
      held.releaseAll();
      vnc.viewOnly = !vnc.viewOnly;
      shell.setViewOnly(vnc.viewOnly);
    },
  };
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

async function saveScreenshot(vnc: VncConsole, { name, refocus, shell }: ActionContext): Promise<void> {
  const { notices } = texts();
  refocus();
  try {
    download(await vnc.screenshot("image/png"), fileName(name(), new Date(), "png"));
    shell.toasts.show(notices.screenshotSaved);
  } catch {
    shell.toasts.warn(notices.noPicture);
  }
}
