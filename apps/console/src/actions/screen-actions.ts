import type { ListenOptions } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { confirmDialog } from "../dialogs/dialog.ts";
import { download, fileName } from "../browser/downloads.ts";
import { keyNames, leaveKeys } from "../locales/key-names.ts";
import { duration, texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
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

/** The members of a console that tells what it does not take. */
interface LimitedConsole {
  on(type: "droprefused" | "composition", listener: () => void, options: ListenOptions): unknown;
}

/**
 * Tells the user what the picture does not take.
 *
 * @param tool - the label of what sends text
 */
export function tellLimits(console: LimitedConsole, tool: string, { shell, signal }: ActionContext): void {
  const { notices, sdk } = texts();
  console.on("droprefused", () => shell.warnOfDrop(), { signal });
  const text = `${sdk.notices.composition} ${format(notices.sendsText, { tool })}`;
  console.on("composition", () => shell.toasts.warn(text), { signal, once: true });
}

/** A longer text is confirmed, because typing it takes minutes. In characters. */
const LONG_TEXT = 20_000;
/** About how long a character takes. */
const MS_PER_CHARACTER = 22;
/** How much of a text is shown to be confirmed. */
const QUOTED_CHARACTERS = 2_000;

/** Types text on the machine, and tells whether it was typed. */
export async function typeText(
  console: KeyboardConsole,
  held: HeldKeys,
  text: string,
  context: ActionContext,
): Promise<void> {
  const { isConnected, refocus, shell, signal } = context;
  const { notices } = texts();
  if (text.length > LONG_TEXT && !(await confirmLong(text, context))) return;
  refocus();
  // With a modifier held, the characters would be commands.
  held.releaseAll();
  const { keyboardLayout } = settings.current;
  try {
    const layout = keyboardLayout === "auto" ? {} : { layout: keyboardLayout };
    if (await console.paste(text, { signal, ...layout })) shell.toasts.show(notices.typed);
    else if (!isConnected()) shell.toasts.warn(notices.typingCut);
  } catch (error) {
    if (!isUntypable(error)) throw error;
    shell.toasts.warn(format(notices.notOnKeyboard, { characters: error.characters.join(" ") }));
  }
}

/** The SDK's `UntypableError`, whose class is in the part of the page that is loaded with the viewer. */
function isUntypable(error: unknown): error is { readonly characters: readonly string[] } {
  return error instanceof RangeError && "characters" in error;
}

function confirmLong(text: string, { signal }: ActionContext): Promise<boolean> {
  const labels = texts().text;
  return confirmDialog({
    title: format(labels.typeLong, { characters: text.length }),
    sentence: format(labels.typeLongSentence, { time: duration(text.length * MS_PER_CHARACTER) }),
    quote: text.slice(0, QUOTED_CHARACTERS),
    action: labels.type,
    signal,
  });
}
