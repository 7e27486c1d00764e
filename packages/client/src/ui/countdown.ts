/** Reports the time left whenever its whole seconds, or other steps, change. */
export class Countdown {
  readonly #stepMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param stepMs - milliseconds between two reports */
  constructor(stepMs = 1000) {
    this.#stepMs = stepMs;
  }

  /**
   * Starts, and stops a countdown in progress.
   *
   * @param endsAt - on the clock of `performance.now()`, in milliseconds
   * @param show - called with the milliseconds left, at once and until none are left
   */
  start(endsAt: number, show: (leftMs: number) => void): void {
    this.stop();
    const leftMs = Math.max(0, endsAt - performance.now());
    show(leftMs);
    // Until the step changes: a timer of a whole step would drift and skip one.
    const untilNextMs = leftMs % this.#stepMs || this.#stepMs;
    if (leftMs > 0) this.#timer = setTimeout(() => this.start(endsAt, show), untilNextMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
