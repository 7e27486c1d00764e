/**
 * Says that an answer is late. What has arrived by then counts, also where a busy event loop has not read it yet: it calls
 * timers before it reads.
 */
export class AnswerTimer {
  readonly #timer: NodeJS.Timeout;
  #afterReading: NodeJS.Immediate | undefined;

  /** @param timeoutMs - milliseconds. */
  constructor(onLate: () => void, timeoutMs: number) {
    this.#timer = setTimeout(() => {
      this.#afterReading = setImmediate(onLate);
    }, timeoutMs);
  }

  /** From now on it does not keep the process running. */
  unref(): void {
    this.#timer.unref();
  }

  /** The answer is there, or does not matter any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#afterReading);
  }
}
