/** Looks at something once for all that ask at the same time. What each of them gets was begun after it had asked. */
export class SharedLook<T> {
  readonly #look: () => Promise<T>;
  #running: Promise<T> | undefined;
  /** Begins when the one that runs is over. */
  #next: Promise<T> | undefined;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  async result(): Promise<T> {
    if (this.#running === undefined) return await this.#begin();
    this.#next ??= this.#running.then(ignore, ignore).then(async () => await this.#begin());
    return await this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const running = this.#look().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}

function ignore(): void {}
