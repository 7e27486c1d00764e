/** Tells the time left whenever its whole seconds change. */
export class Countdown {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `show` with the milliseconds left, at once and until none is left. `endsAt` is a time of `performance.now()`. */
  start(endsAt: number, show: (leftMs: number) => void): void {
    this.stop();
    const leftMs = Math.max(0, endsAt - performance.now());
    show(leftMs);
    // Until the whole seconds change: a timer of 1000 ms would drift and skip one.
    if (leftMs > 0) this.#timer = setTimeout(() => this.start(endsAt, show), leftMs % 1000 || 1000);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
