import type { ListenOptions } from "@curfew/client";
import { type HeldKeys, type KeyboardConsole, typeText as typeOn } from "@curfew/client/toolbar";
import { format } from "@curfew/client/messages";
import { texts } from "../locales/texts.ts";
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

/** Types text on the machine with the keyboard layout of the settings. */
export async function typeText(
  console: KeyboardConsole,
  held: HeldKeys,
  text: string,
  context: ActionContext,
): Promise<void> {
  const { keyboardLayout } = settings.current;
  await typeOn(console, held, text, context, keyboardLayout === "auto" ? undefined : keyboardLayout);
}
