/** Reports the time left whenever its whole seconds change. */
export class Countdown {
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    // Until the whole seconds change: a timer of 1000 ms would drift and skip a second.
    if (leftMs > 0) this.#timer = setTimeout(() => this.start(endsAt, show), leftMs % 1000 || 1000);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
