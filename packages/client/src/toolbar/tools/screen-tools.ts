import { format } from "../../locales/format.ts";
import { FullScreen } from "../../ui/full-screen.ts";
import type { HeldKeys } from "../keys/held-keys.ts";
import { keyMenu } from "../keys/key-menu.ts";
import { keyNames, leaveKeyNames } from "../keys/key-names.ts";
import type { ToolbarTexts } from "../locales/types.ts";
import type { MenuItem } from "../widgets/menu.ts";
import { download, fileName } from "./downloads.ts";
import type { KeyboardConsole, ScreenConsole } from "./screen-console.ts";
import type { Tool } from "./tool.ts";
import type { ToolContext } from "./tool-context.ts";

/** Sends Ctrl + Alt + Del, which the user's own system would take. */
export function ctrlAltDelTool(console: KeyboardConsole, held: HeldKeys, { refocus, texts }: ToolContext): Tool {
  const keys = keyNames(texts, "ctrl", "alt", "del");
  return {
    label: format(texts.actions.ctrlAltDel, { keys }),
    place: "toolbar-or-more",
    face: { text: keys.replaceAll(" + ", " ") },
    group: "tools",
    sendsInput: true,
    run: () => {
      console.sendKeys("ctrl-alt-del");
      held.pressAgain();
      refocus();
    },
  };
}

/** A menu of key combinations, and of modifiers to hold down. */
export function keysTool(console: KeyboardConsole, held: HeldKeys, { icon, texts }: ToolContext): Tool {
  return {
    label: texts.actions.keys,
    place: "toolbar",
    face: { icon: icon("keyboard") },
    sendsInput: true,
    menu: keyMenu(texts, console, held),
    note: format(texts.keys.note, { keys: leaveKeyNames(texts) }),
    whileOn: {
      isOn: () => held.any,
      watch: (update) => {
        held.onChange(update);
      },
      className: "tool-held",
    },
  };
}

/** Saves the picture as a PNG file. */
export function screenshotTool(console: ScreenConsole, context: ToolContext): Tool {
  return {
    label: context.texts.actions.screenshot,
    place: "toolbar-or-more",
    face: { icon: context.icon("camera") },
    group: "tools",
    apart: true,
    run: () => void saveScreenshot(console, context),
  };
}

async function saveScreenshot(console: ScreenConsole, { name, notify, refocus, texts }: ToolContext): Promise<void> {
  refocus();
  try {
    download(await console.screenshot("image/png"), fileName(name(), new Date(), "png"));
    notify(texts.notices.screenshotSaved);
  } catch {
    notify(texts.notices.noPicture, "problem");
  }
}

/** Turns input off and on again. */
export function viewOnlyTool(console: ScreenConsole, held: HeldKeys, context: ToolContext): Tool {
  const { setViewOnly, signal, texts, viewOnly } = context;
  // The next session starts as the page says.
  signal.addEventListener("abort", () => setViewOnly(viewOnly));
  return {
    label: texts.actions.viewOnly,
    place: "more",
    group: "input",
    available: !viewOnly,
    checked: () => console.viewOnly,
    toggles: true,
    run: () => {
      held.releaseAll();
      console.viewOnly = !console.viewOnly;
      setViewOnly(console.viewOnly);
    },
  };
}

/**
 * The items that choose how the machine's screen fits into the element.
 *
 * @param onChosen - called after the user has chosen
 */
export function scaleItems<Mode extends "fit" | "none" | "remote">(
  console: { scale: Mode },
  modes: readonly Mode[],
  { display }: ToolbarTexts,
  onChosen: (mode: Mode) => void = () => {},
): readonly MenuItem[] {
  return modes.map((mode) => ({
    label: display[mode],
    checked: () => console.scale === mode,
    run: () => {
      console.scale = mode;
      onChosen(mode);
    },
  }));
}

/**
 * Shows an element in full screen.
 *
 * @param element - what is shown in full screen
 */
export function fullScreenTool(element: HTMLElement, { icon, notify, refocus, signal, texts }: ToolContext): Tool {
  const fullScreen = new FullScreen(element);
  const toggle = async (): Promise<void> => {
    try {
      await (fullScreen.active ? fullScreen.exit() : fullScreen.enter());
      refocus();
    } catch {
      notify(texts.notices.noFullScreen, "problem");
    }
  };
  return {
    label: texts.actions.fullScreen,
    place: "toolbar-or-more",
    face: { icon: icon("maximize") },
    apart: true,
    group: "page",
    letter: "f",
    available: document.fullscreenEnabled,
    run: () => void toggle(),
    whileOn: {
      isOn: () => fullScreen.active,
      watch: (update) => {
        document.addEventListener("fullscreenchange", update, { signal });
      },
      label: texts.actions.leaveFullScreen,
      icon: icon("minimize"),
    },
  };
}
