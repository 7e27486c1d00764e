import type { KeyCombo, ScaleMode, VncConsole } from "@curfew/client/vnc";
import { exitKeys } from "../words/key-names.ts";
import { toolButton } from "../views/buttons.ts";
import { openTextDialog } from "../views/dialogs.ts";
import { attachMenu, type MenuItem } from "../views/menu.ts";
import { copyText, disconnectTool, download, fileName, fullScreenTool, type ToolContext } from "./common.ts";

const keyGroups: readonly (readonly (readonly [combo: KeyCombo, label: string])[])[] = [
  [
    ["ctrl-alt-del", "Ctrl + Alt + Del"],
    ["ctrl-alt-backspace", "Ctrl + Alt + Backspace"],
    ["alt-tab", "Alt + Tab"],
    ["alt-f4", "Alt + F4"],
  ],
  [
    ["super", "Super (Windows key)"],
    ["print-screen", "Print Screen"],
    ["esc", "Esc"],
    ["tab", "Tab"],
  ],
  [
    ["ctrl-alt-f1", "Ctrl + Alt + F1"],
    ["ctrl-alt-f2", "Ctrl + Alt + F2"],
    ["ctrl-alt-f3", "Ctrl + Alt + F3"],
    ["ctrl-alt-f7", "Ctrl + Alt + F7"],
  ],
];

const scaleLabels: Readonly<Record<ScaleMode, string>> = {
  fit: "Fit to window",
  none: "Actual size",
  remote: "Resize the machine’s screen",
};

/** The toolbar of a VNC console; with `viewOnly` without everything that would send input. */
export function vncTools(vnc: VncConsole, viewOnly: boolean, context: ToolContext): HTMLElement[] {
  const screenshot = toolButton("Save screenshot", () => void saveScreenshot(vnc, context), { icon: "camera" });
  const input = viewOnly ? [] : [ctrlAltDelTool(vnc, context), keysTool(vnc, context), textTool(vnc, context)];
  const tools = [...input, screenshot, scaleTool(vnc, context), fullScreenTool(context), disconnectTool(context)];
  return tools.filter((tool) => tool !== null);
}

function ctrlAltDelTool(vnc: VncConsole, context: ToolContext): HTMLElement {
  return toolButton(
    "Send Ctrl + Alt + Del",
    () => {
      vnc.sendKeys("ctrl-alt-del");
      context.refocus();
    },
    { text: "Ctrl Alt Del" },
  );
}

function keysTool(vnc: VncConsole, context: ToolContext): HTMLElement {
  const button = toolButton("Send keys", () => {}, { icon: "keyboard" });
  const groups = keyGroups.map((group) =>
    group.map(([combo, label]): MenuItem => ({
      label,
      onChoose: () => {
        vnc.sendKeys(combo);
      },
    })),
  );
  const note = `${exitKeys()}, pressed and let go, moves your keyboard from the console to this bar. Esc moves it back.`;
  context.addOverlay(attachMenu(button, "Send keys", groups, { note, onDone: context.refocus }));
  return button;
}

function scaleTool(vnc: VncConsole, context: ToolContext): HTMLElement {
  const button = toolButton("Scaling", () => {}, { icon: "scaling" });
  const modes: readonly ScaleMode[] = ["fit", "none", "remote"];
  const items = modes.map((mode): MenuItem => ({
    label: scaleLabels[mode],
    checked: () => vnc.scale === mode,
    onChoose: () => {
      vnc.scale = mode;
    },
  }));
  context.addOverlay(attachMenu(button, "Scaling", [items], { onDone: context.refocus }));
  return button;
}

function textTool(vnc: VncConsole, context: ToolContext): HTMLElement {
  let received = "";
  vnc.on("clipboard", ({ text }) => {
    received = text;
  });
  const paste = (text: string): void => {
    vnc.paste(text);
    context.toast("Text is in the machine’s clipboard.");
    context.refocus();
  };
  const open = (): void => {
    openTextDialog({
      title: "Send text",
      sentence: "Typing works on every machine, key by key. The clipboard needs a helper running on the machine.",
      actions: [
        { label: "Set clipboard", onText: paste },
        { label: "Type text", onText: (text) => void typeText(vnc, text, context) },
      ],
      ...(received === "" ? {} : { received: { text: received, onCopy: () => void copyReceived(received, context) } }),
      signal: context.signal,
    });
  };
  return toolButton("Send text", open, { icon: "clipboard-paste" });
}

async function copyReceived(text: string, context: ToolContext): Promise<void> {
  context.toast((await copyText(text)) ? "Copied." : "The browser did not allow copying.");
}

async function typeText(vnc: VncConsole, text: string, context: ToolContext): Promise<void> {
  context.refocus();
  try {
    await vnc.typeText(text, { signal: context.signal });
    context.toast("Text typed.");
  } catch {
    context.toast("Typing was cut off: the console is not connected.");
  }
}

async function saveScreenshot(vnc: VncConsole, context: ToolContext): Promise<void> {
  context.refocus();
  try {
    download(await vnc.screenshot("image/png"), fileName(context.name(), new Date(), "png"));
    context.toast("Screenshot saved to your downloads.");
  } catch {
    context.toast("There is no picture to save.");
  }
}
