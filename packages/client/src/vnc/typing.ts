import { ConsoleError } from "../errors.ts";
import { pause } from "../pause.ts";
import { type Key, characterKeys } from "./keys.ts";

/** Sends one key down or up. */
export type SendKey = (key: Key, down: boolean) => void;

/** Presses keys in order and releases them in the opposite one. */
export function press(keys: readonly Key[], send: SendKey): void {
  for (const key of keys) send(key, true);
  for (const key of keys.toReversed()) send(key, false);
}

/**
 * Types text with a pause after each character. A line break of any kind is one Enter.
 *
 * @throws ConsoleError `aborted` when `signal` was, `not_connected` when `connected` says so.
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
    await pause(delayMs, signal);
  }
}
