import { ConsoleError } from "../../connection/model/errors.ts";
import { delay } from "../../util/delay.ts";
import type { Key } from "../../ui/keysyms.ts";
import { characterKeys } from "./keys.ts";

/** Presses or releases a key. */
export type SendKey = (key: Key, down: boolean) => void;

/** Presses keys in order and releases them in reverse order. */
export function press(keys: readonly Key[], send: SendKey): void {
  for (const key of keys) send(key, true);
  for (const key of keys.toReversed()) send(key, false);
}

/**
 * Types text with a delay after each character. Every kind of line break is one Enter.
 *
 * @param connected - whether the console is still connected
 * @returns rejects with a {@link ConsoleError}: `aborted` or `not_connected`.
 */
export async function typeCharacters(
  text: string,
  send: SendKey,
  connected: () => boolean,
  { delayMs = 10, signal }: { delayMs?: number; signal?: AbortSignal },
): Promise<void> {
  for (const character of text.replaceAll("\r\n", "\n")) {
    if (signal?.aborted) throw new ConsoleError("aborted", "typing was aborted", { cause: signal.reason });
    if (!connected()) throw new ConsoleError("not_connected", "the console is not connected");
    press(characterKeys(character), send);
    await delay(delayMs, signal);
  }
}
