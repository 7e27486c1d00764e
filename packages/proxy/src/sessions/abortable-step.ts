/** A step of a session that its end aborts: its opening, or a renewal. There is at most one at a time. */
export class AbortableStep {
  #running: AbortController | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Runs a step. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = new AbortController();
    this.#running = running;
    try {
      return await work(running.signal);
    } finally {
      this.#running = undefined;
    }
  }

  /** Aborts the step that runs. */
  abort(): void {
    this.#running?.abort();
  }
}
