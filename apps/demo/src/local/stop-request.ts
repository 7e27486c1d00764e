/** Asks this process to stop: the first signal, or a typed command. */
export class StopRequest {
  readonly #requested = Promise.withResolvers<void>();
  #isStopping = false;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      // The second one ends this process at once.
      process.on(signal, () => (this.#isStopping ? process.exit(1) : this.stop()));
    }
  }

  /** Fulfilled when it is to stop. */
  get requested(): Promise<void> {
    return this.#requested.promise;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    console.log("Stopping.");
    this.#requested.resolve();
  }
}

/**
 * Runs a demonstration, and sets the exit status of this process.
 *
 * @param run - runs until it is asked to stop, and returns the exit status.
 */
export async function runUntilStopped(run: (stop: StopRequest) => Promise<number>): Promise<void> {
  const stop = new StopRequest();
  process.exitCode = await run(stop).catch((error: unknown) => {
    // What was still starting fails when it is to stop.
    if (stop.isStopping) return 0;
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
