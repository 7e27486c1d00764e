/** The bytes of one direction, to be read in exact lengths. */
export class ByteQueue {
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  readonly #waiting = new Set<() => void>();

  /** How many came that were not read. */
  get length(): number {
    return this.#bytes.length;
  }

  push(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /**
   * Exactly `length` bytes.
   *
   * @throws Error when fewer come before the end.
   */
  async read(length: number): Promise<Buffer> {
    await this.#until(() => this.#bytes.length >= length, `${length} bytes`);
    return this.#take(length);
  }

  /** Everything up to and including the first `end`. */
  async readThrough(end: string): Promise<Buffer> {
    await this.#until(() => this.#bytes.includes(end), JSON.stringify(end));
    return this.#take(this.#bytes.indexOf(end) + end.length);
  }

  /** What was not read, once no more can come. */
  async readRest(): Promise<Buffer> {
    while (!this.#ended) await this.#change();
    return this.#take(this.#bytes.length);
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#ended)
        throw new Error(`the connection ended before ${what}; unread: ${this.#bytes.toString("latin1")}`);
      await this.#change();
    }
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
