import { setTimeout as delay } from "node:timers/promises";

/** How often it asks, in milliseconds. */
const POLL_MS = 50;

/** How long a scenario waits for what has to happen, in milliseconds, before it fails. */
const MAX_WAIT_MS = 30_000;

/** Asks until something holds. @throws Error saying what did not come, and what there was instead */
export async function until<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  what: string,
  maxMs = MAX_WAIT_MS,
): Promise<T> {
  const end = performance.now() + maxMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`${what} did not come: there is ${JSON.stringify(value)}`);
    await delay(POLL_MS);
  }
}
