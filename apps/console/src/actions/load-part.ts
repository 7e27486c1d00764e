import { texts } from "../locales/texts.ts";
import type { ActionContext } from "./action-context.ts";

/**
 * Waits for a part of the page that is fetched on demand. Undefined when the session ends in the meantime, and, with a
 * warning, where the part cannot be fetched.
 */
export async function loadPart<Part>(
  part: Promise<Part>,
  { shell, signal }: Pick<ActionContext, "shell" | "signal">,
): Promise<Part | undefined> {
  try {
    const loaded = await part;
    return signal.aborted ? undefined : loaded;
  } catch {
    if (!signal.aborted) shell.toasts.warn(texts().cards.viewerMissingSentence);
    return undefined;
  }
}
