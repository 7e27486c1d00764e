import { delay } from "./delay.ts";

/**
 * Spreads pieces evenly over time. Browsers let the timers of hidden tabs fire once a second, and
 * those that were started by other timers once a minute after a while: pieces that are due by then
 * are sent at once, and no timer is started by another one.
 */
export class Pacer {
  readonly #intervalMs: number;
  readonly #mostAtOnce: number;
  /** When the next piece is due, on the clock of `performance.now()`. */
  #dueAt = performance.now();

  /**
   * @param intervalMs - milliseconds between two pieces
   * @param mostAtOnce - how many pieces may be sent at once if a timer was late
   */
  constructor(intervalMs: number, mostAtOnce: number) {
    this.#intervalMs = intervalMs;
    this.#mostAtOnce = mostAtOnce;
  }

  /** Resolves when the piece after the one that was just sent is due, or as soon as `signal` is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const earliest = now - (this.#mostAtOnce - 1) * this.#intervalMs;
    this.#dueAt = Math.max(this.#dueAt, earliest) + this.#intervalMs;
    if (this.#dueAt <= now) return;
    if (globalThis.document?.hidden) await nextTask();
    await delay(this.#dueAt - now, signal);
  }
}

/** Continues in a task that no timer has started. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener(
      "message",
      () => {
        port1.close();
        resolve();
      },
      { once: true },
    );
    port1.start();
    port2.postMessage(undefined);
  });
}
