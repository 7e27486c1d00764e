/** Reports the time left whenever its whole seconds change. */
export class Ticker {
  readonly #timeLeft: () => number | null;
  readonly #onTick: (leftMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param timeLeft - milliseconds, or null where nothing ends
   * @param onTick - called with the milliseconds left, until none are left
   */
  constructor(timeLeft: () => number | null, onTick: (leftMs: number) => void) {
    this.#timeLeft = timeLeft;
    this.#onTick = onTick;
  }

  /** Reports now and from now on; stops by itself where nothing ends. */
  start(): void {
    this.stop();
    const leftMs = this.#timeLeft();
    if (leftMs === null) return;
    // Until the second changes: a timer of a whole second would drift and skip one. Before listeners, which may stop it.
    if (leftMs > 0) this.#timer = setTimeout(() => this.start(), leftMs % 1000 || 1000);
    this.#onTick(leftMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
