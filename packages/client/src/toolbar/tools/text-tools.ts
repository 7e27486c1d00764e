import { format } from "../../locales/format.ts";
import type { KeyboardLayout } from "../../views/keyboard/layouts.ts";
import type { VncConsole } from "../../views/vnc/vnc-console.ts";
import type { HeldKeys } from "../keys/held-keys.ts";
import type { KeyboardConsole } from "./screen-console.ts";
import type { ToolContext } from "./tool-context.ts";

/** A longer text is confirmed, because typing it takes minutes. In characters. */
const LONG_TEXT = 20_000;

/**
 * Types text on the machine, after a question where that takes long, and tells the user whether it was typed.
 *
 * @param layout - of the machine's keyboard; by default it is found out
 */
export async function typeText(
  console: KeyboardConsole,
  held: HeldKeys,
  text: string,
  context: ToolContext,
  layout?: KeyboardLayout,
): Promise<void> {
  if (text.length > LONG_TEXT) {
    const question = await context.load(import("../dialogs/long-text-question.ts"));
    if (!(await question?.confirmLongText(text, context))) return;
  }
  const { isConnected, notify, refocus, signal, texts } = context;
  const { notices } = texts;
  refocus();
  // With a modifier held, the characters would be commands.
  held.releaseAll();
  try {
    if (await console.paste(text, { signal, ...(layout === undefined ? {} : { layout }) })) notify(notices.typed);
    else if (!isConnected()) notify(notices.typingCut, "problem");
  } catch (error) {
    if (!isUntypable(error)) throw error;
    notify(format(notices.notOnKeyboard, { characters: error.characters.join(" ") }), "problem");
  }
}

/** The SDK's `UntypableError`. Its class may be in another bundle. */
function isUntypable(error: unknown): error is { readonly characters: readonly string[] } {
  return error instanceof RangeError && "characters" in error;
}

/** Sets the machine's clipboard, and tells the user whether it took the text. */
export function setClipboard(
  vnc: VncConsole,
  text: string,
  { isConnected, notify, refocus, texts: { notices } }: ToolContext,
): void {
  const missing = vnc.missingInClipboard(text);
  if (vnc.setClipboard(text)) notify(notices.clipboardSet);
  else if (isConnected() && missing !== "") {
    notify(format(notices.clipboardLacks, { characters: Array.from(missing).join(" ") }), "problem");
  } else notify(notices.notSent, "problem");
  refocus();
}
