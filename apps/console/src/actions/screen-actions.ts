import { format } from "@curfew/client/messages";
import { download, fileName } from "../browser/downloads.ts";
import { keyNames, leaveKeys } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import type { HeldKeys } from "./held-keys.ts";
import { keyMenu } from "./key-menu.ts";
import type { ActionContext, PageAction } from "./page-action.ts";
import type { KeyboardConsole, ScreenConsole } from "./screen-console.ts";

export function ctrlAltDelAction(console: KeyboardConsole, held: HeldKeys, { refocus }: ActionContext): PageAction {
  const keys = keyNames("ctrl", "alt", "del");
  return {
    label: format(texts().actions.ctrlAltDel, { keys }),
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

export function keysAction(console: KeyboardConsole, held: HeldKeys): PageAction {
  const { actions, keys } = texts();
  return {
    label: actions.keys,
    place: "toolbar",
    face: { icon: "keyboard" },
    sendsInput: true,
    menu: keyMenu(console, held),
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

export function screenshotAction(console: ScreenConsole, context: ActionContext): PageAction {
  return {
    label: texts().actions.screenshot,
    place: "toolbar-or-more",
    face: { icon: "camera" },
    group: "tools",
    apart: true,
    run: () => void saveScreenshot(console, context),
  };
}

async function saveScreenshot(console: ScreenConsole, { name, refocus, shell }: ActionContext): Promise<void> {
  const { notices } = texts();
  refocus();
  try {
    download(await console.screenshot("image/png"), fileName(name(), new Date(), "png"));
    shell.toasts.show(notices.screenshotSaved);
  } catch {
    shell.toasts.warn(notices.noPicture);
  }
}

export function viewOnlyAction(
  console: ScreenConsole,
  held: HeldKeys,
  { shell, signal, viewOnly }: ActionContext,
): PageAction {
  // The next session starts as the URL says.
  signal.addEventListener("abort", () => shell.setViewOnly(viewOnly));
  return {
    label: texts().actions.viewOnly,
    place: "more",
    group: "input",
    available: !viewOnly,
    checked: () => console.viewOnly,
    toggles: true,
    run: () => {
      held.releaseAll();
      console.viewOnly = !console.viewOnly;
      shell.setViewOnly(console.viewOnly);
    },
  };
}

/** Types text on the machine, and tells whether it was typed. */
export async function typeText(
  console: KeyboardConsole,
  held: HeldKeys,
  text: string,
  { isConnected, refocus, shell, signal }: ActionContext,
): Promise<void> {
  const { notices } = texts();
  refocus();
  // With a modifier held, the characters would be commands.
  held.releaseAll();
  try {
    await console.typeText(text, { signal });
    shell.toasts.show(notices.typed);
  } catch (error) {
    shell.toasts.warn(error instanceof RangeError && isConnected() ? notices.notOnKeyboard : notices.typingCut);
  }
}
