import { format } from "../../locales/format.ts";
import type { SerialConsole } from "../../views/serial/serial-console.ts";
import type { SpiceConsole } from "../../views/spice/spice-console.ts";
import type { VncConsole } from "../../views/vnc/vnc-console.ts";
import { HeldKeys } from "../keys/held-keys.ts";
import { createKeyRow } from "../keys/key-row.ts";
import { createSerialKeyRow } from "../keys/serial-key-row.ts";
import { TouchControl } from "../touch/touch-control.ts";
import { trackpadTool } from "../touch/trackpad-tool.ts";
import type { MenuItem } from "../widgets/menu.ts";
import { keyRowTool } from "./key-row-tool.ts";
import { showPasteProgress, showTypingProgress } from "./paste-progress.ts";
import { isVnc } from "./screen-console.ts";
import { ctrlAltDelTool, fullScreenTool, keysTool, scaleItems, screenshotTool, viewOnlyTool } from "./screen-tools.ts";
import { searchTool } from "./search-tool.ts";
import { allows, copySelection, copyTool, fontSizeTools, pasteTool, terminalTools } from "./terminal-tools.ts";
import { sizeTool } from "./size-tool.ts";
import { pasteText, readClipboard, screenTextDialog } from "./text-dialogs.ts";
import { setClipboard, typeText } from "./text-tools.ts";
import type { Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/** A console that has tools. */
export type ConsoleWithTools = VncConsole | SerialConsole | SpiceConsole;

const MIN_FONT_SIZE = 9;
const MAX_FONT_SIZE = 28;

/**
 * The tools of a console.
 *
 * @param element - what is shown in full screen; undefined where that is not known
 */
export function consoleTools(
  console: ConsoleWithTools,
  element: HTMLElement | undefined,
  context: ToolContext,
): readonly Tool[] {
  const { actions } = context.texts;
  return [
    ...("terminal" in console ? serialTools(console, context) : screenTools(console, element, context)),
    ...(element === undefined ? [] : [fullScreenTool(element, context)]),
    {
      label: actions.disconnect,
      place: "end-or-more",
      face: { text: actions.disconnect },
      group: "end",
      apart: true,
      run: () => void console.close(),
    },
  ];
}

function screenTools(
  console: VncConsole | SpiceConsole,
  element: HTMLElement | undefined,
  context: ToolContext,
): readonly Tool[] {
  const held = new HeldKeys(console, context.signal);
  const { icon, texts } = context;
  showTypingProgress(console, context);
  return [
    ctrlAltDelTool(console, held, context),
    keysTool(console, held, context),
    {
      label: texts.actions.paste,
      place: "toolbar",
      face: { icon: icon("clipboard-paste") },
      menu: [clipboardItems(console, held, context)],
    },
    screenshotTool(console, context),
    {
      label: texts.actions.display,
      place: "toolbar-or-more",
      face: { icon: icon("proportions") },
      group: "tools",
      menu: [
        isVnc(console)
          ? scaleItems(console, ["fit", "none", "remote"], texts)
          : scaleItems(console, ["fit", "none"], texts),
      ],
    },
    keyRowTool(() => createKeyRow(console, held, context), context),
    ...touchTools(console, element, context),
    viewOnlyTool(console, held, context),
  ];
}

/** Zooming and the trackpad, for the picture in an element. */
function touchTools(
  console: VncConsole | SpiceConsole,
  element: HTMLElement | undefined,
  context: ToolContext,
): readonly Tool[] {
  const frame = element?.shadowRoot?.querySelector<HTMLElement>(".screen");
  if (!isVnc(console) || !frame) return [];
  return [trackpadTool(new TouchControl(console, frame, context.signal), context)];
}

function clipboardItems(console: VncConsole | SpiceConsole, held: HeldKeys, context: ToolContext): readonly MenuItem[] {
  const { actions, text: labels } = context.texts;
  const type = (text: string): void => void typeText(console, held, text, context);
  const open = screenTextDialog(console, context, type);
  const typing: MenuItem = {
    label: actions.typeClipboard,
    sendsInput: true,
    run: () => void withClipboard(context, type),
  };
  if (!isVnc(console)) return [typing, { label: labels.type, sendsInput: true, run: open }];
  let hasText = false;
  console.on("clipboard", () => (hasText = true), { signal: context.signal });
  const set: MenuItem = {
    label: actions.setClipboard,
    sendsInput: true,
    enabled: () => allows(console, "to-machine"),
    run: () => void withClipboard(context, (text) => setClipboard(console, text, context)),
  };
  const copy: MenuItem = {
    label: actions.copyClipboard,
    enabled: () => allows(console, "from-machine"),
    run: () => void copyClipboard(console, hasText, context),
  };
  return [set, typing, copy, { label: actions.text, sendsInput: true, run: open }];
}

async function copyClipboard(
  vnc: VncConsole,
  hasText: boolean,
  { notify, texts: { notices } }: ToolContext,
): Promise<void> {
  if (await vnc.copyClipboard()) notify(notices.copied);
  else notify(hasText ? notices.copyRefused : notices.nothingCopied, "problem");
}

/** Reads the user's clipboard, for which the browser may ask them. */
async function withClipboard(context: ToolContext, onText: (text: string) => void): Promise<void> {
  const text = await readClipboard();
  if (text === undefined) context.notify(context.texts.notices.clipboardRefused, "problem");
  else if (text !== "") onText(text);
}

function serialTools(serial: SerialConsole, context: ToolContext): readonly Tool[] {
  showPasteProgress(serial, context);
  return [
    searchTool(serial, context),
    copyTool(serial, context, () => void copySelection(serial, context)),
    pasteTool(serial, context, () => void pasteText(serial, context)),
    sizeTool(serial, context),
    ...fontSizeTools(context, (by) => {
      serial.fontSize = Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, serial.fontSize + by));
      context.notify(format(context.texts.notices.textSize, { size: serial.fontSize }));
    }),
    ...terminalTools(serial, context),
    keyRowTool(() => createSerialKeyRow(serial, context), context),
  ];
}
