/** Lets waits end early. */
export class Wake {
  readonly #waiting = new Set<() => void>();

  /** Ends all waits. */
  readonly wake = (): void => {
    for (const end of this.#waiting) end();
  };

  /** Waits for at most this long, in milliseconds. */
  async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }
}
