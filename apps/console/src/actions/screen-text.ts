import type { ListenOptions } from "@curfew/client";
import { type HeldKeys, type KeyboardConsole, typeText as typeOn } from "@curfew/client/toolbar";
import { format } from "@curfew/client/messages";
import { confirmDialog } from "../dialogs/dialog.ts";
import { duration, texts } from "../locales/texts.ts";
import { settings } from "../settings/settings-store.ts";
import type { ActionContext } from "./action-context.ts";

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

/** Types text on the machine, after a question where that takes long, and tells whether it was typed. */
export async function typeText(
  console: KeyboardConsole,
  held: HeldKeys,
  text: string,
  context: ActionContext,
): Promise<void> {
  if (text.length > LONG_TEXT && !(await confirmLong(text, context))) return;
  const { keyboardLayout } = settings.current;
  await typeOn(console, held, text, context, keyboardLayout === "auto" ? undefined : keyboardLayout);
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
