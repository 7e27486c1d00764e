import type { ScaleMode, VncConsole } from "@curfew/client/vnc";
import { fill } from "@curfew/client/messages";
import { settings } from "../settings/settings-store.ts";
import { toolButton } from "../views/buttons.ts";
import { attachMenu, type MenuItem } from "../views/menu.ts";
import { keyNames } from "../words/key-names.ts";
import { words } from "../words/words.ts";
import {
  disconnectTool,
  fullScreenTool,
  loadPart,
  moreTool,
  pageLetters,
  type ToolContext,
  type Tools,
} from "./common.ts";
import { copyText, download, fileName, readClipboard } from "./files.ts";
import { HeldKeys } from "./held-keys.ts";
import { keysTool, vncScreenKeys } from "./vnc-keys.ts";

/** The toolbar of a VNC console; with `viewOnly` without everything that would send input. */
export function vncTools(vnc: VncConsole, viewOnly: boolean, context: ToolContext): Tools {
  applySettings(vnc, context.signal);
  const { tools } = words();
  const shoot = (): void => void saveScreenshot(vnc, context);
  const screenshot = toolButton(tools.screenshot, shoot, { icon: "camera" });
  screenshot.classList.add("wide-only");
  const held = new HeldKeys(vnc, context.signal);
  const input = viewOnly ? [] : inputTools(vnc, held, context);
  const narrow: readonly MenuItem[] = [
    { label: tools.screenshot, narrow: true, onChoose: shoot },
    ...[...scaleItems(vnc), dragItem(vnc)].map((item) => ({ ...item, narrow: true })),
  ];
  const own = viewOnly ? [narrow] : [narrow, inputItems(vnc, held, context)];
  for (const tool of input) tool.classList.add("tool-input");
  const buttons = [
    ...input,
    screenshot,
    displayTool(vnc, context),
    fullScreenTool(context),
    moreTool(context, own),
    disconnectTool(context),
  ];
  return { buttons: buttons.filter((tool) => tool !== null), letters: pageLetters(context) };
}

/** What the link asked for stays until the person chooses something else. */
function applySettings(vnc: VncConsole, signal: AbortSignal): void {
  const asLinked = vnc.scale;
  let scale = settings.current.scale;
  if (settings.chosen.scale !== undefined && asLinked === "fit") vnc.scale = scale;
  settings.follow((now) => {
    vnc.quality = now.quality;
    vnc.compression = now.compression;
    vnc.showDotCursor = now.dotCursor;
    if (now.scale !== scale) vnc.scale = now.scale;
    ({ scale } = now);
    // Otherwise drags would move nothing here, and nothing on the machine.
    if (vnc.scale !== "none") setDragging(vnc, false);
  }, signal);
}

function inputTools(vnc: VncConsole, held: HeldKeys, context: ToolContext): HTMLElement[] {
  const ctrlAltDel = toolButton(
    fill(words().tools.ctrlAltDel, { keys: keyNames("ctrl", "alt", "del") }),
    () => {
      vnc.sendKeys("ctrl-alt-del");
      held.pressAgain();
      context.refocus();
    },
    { text: keyNames("ctrl", "alt", "del").replaceAll(" + ", " ") },
  );
  return [ctrlAltDel, keysTool(vnc, held, context), textTool(vnc, held, context)];
}

function inputItems(vnc: VncConsole, held: HeldKeys, context: ToolContext): readonly MenuItem[] {
  const { tools } = words();
  const row = vncScreenKeys(vnc, held, context);
  if (matchMedia("(pointer: coarse)").matches) context.setTray("bottom", row);
  // The next session begins as the link says.
  context.signal.addEventListener("abort", () => context.setViewOnly(false));
  return [
    {
      label: tools.screenKeys,
      toggles: true,
      checked: () => row.isConnected,
      onChoose: () => {
        context.setTray("bottom", row.isConnected ? null : row);
      },
    },
    {
      label: tools.viewOnly,
      toggles: true,
      checked: () => vnc.viewOnly,
      onChoose: () => {
        held.releaseAll();
        vnc.viewOnly = !vnc.viewOnly;
        context.setViewOnly(vnc.viewOnly);
      },
    },
  ];
}

function scaleItems(vnc: VncConsole): readonly MenuItem[] {
  const { display } = words();
  const modes: readonly ScaleMode[] = ["fit", "none", "remote"];
  return modes.map((mode) => ({
    label: display[mode],
    checked: () => vnc.scale === mode,
    onChoose: () => {
      vnc.scale = mode;
      settings.change({ scale: mode });
    },
  }));
}

function dragItem(vnc: VncConsole): MenuItem {
  return {
    label: words().display.drag,
    toggles: true,
    checked: () => vnc.dragViewport,
    enabled: () => vnc.scale === "none",
    onChoose: () => {
      setDragging(vnc, !vnc.dragViewport);
    },
  };
}

function setDragging(vnc: VncConsole, on: boolean): void {
  vnc.clipViewport = on;
  vnc.dragViewport = on;
}

function displayTool(vnc: VncConsole, context: ToolContext): HTMLElement {
  const { tools } = words();
  const button = toolButton(tools.display, () => {}, { icon: "scaling" });
  button.classList.add("wide-only");
  const groups = [scaleItems(vnc), [dragItem(vnc)]];
  context.addOverlay(attachMenu(button, tools.display, groups, { onDone: context.refocus }));
  return button;
}

function textTool(vnc: VncConsole, held: HeldKeys, context: ToolContext): HTMLElement {
  let received = "";
  vnc.on("clipboard", ({ text }) => {
    received = text;
  });
  const { text: labels, notices } = words();
  const paste = (text: string): void => {
    vnc.paste(text);
    if (vnc.state.status === "connected") context.toast(notices.clipboardSet);
    else context.warn(notices.notSent);
    context.refocus();
  };
  const read = async (): Promise<string | null> => {
    const text = await readClipboard();
    if (text === null) context.warn(notices.clipboardRefused);
    return text;
  };
  const open = async (): Promise<void> => {
    const part = await loadPart(import("../views/text-dialog.ts"), context);
    part?.openTextDialog({
      title: labels.title,
      sentence: labels.sentence,
      actions: [
        { label: labels.set, onText: paste },
        { label: labels.type, onText: (text) => void typeText(vnc, held, text, context) },
      ],
      ...(received === "" ? {} : { received: { text: received, onCopy: () => void copyReceived(received, context) } }),
      read,
      signal: context.signal,
    });
  };
  return toolButton(words().tools.text, () => void open(), { icon: "clipboard-paste" });
}

async function copyReceived(text: string, context: ToolContext): Promise<void> {
  const { notices } = words();
  if (await copyText(text)) context.toast(notices.copied);
  else context.warn(notices.copyRefused);
}

async function typeText(vnc: VncConsole, held: HeldKeys, text: string, context: ToolContext): Promise<void> {
  context.refocus();
  // With Ctrl, for example, it would be commands.
  held.releaseAll();
  try {
    await vnc.typeText(text, { signal: context.signal });
    context.toast(words().notices.typed);
  } catch {
    context.warn(words().notices.typingCut);
  }
}

async function saveScreenshot(vnc: VncConsole, context: ToolContext): Promise<void> {
  context.refocus();
  try {
    download(await vnc.screenshot("image/png"), fileName(context.name(), new Date(), "png"));
    context.toast(words().notices.screenshotSaved);
  } catch {
    context.warn(words().notices.noPicture);
  }
}
