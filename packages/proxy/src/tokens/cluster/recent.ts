/** What was written or heard lately, by id; with more than `max`, the oldest is dropped. */
export class Recent<Value> {
  readonly #max: number;
  readonly #entries = new Map<string, Value>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  get(id: string): Value | undefined {
    return this.#entries.get(id);
  }

  /** As the latest, in place of one with the same id. */
  set(id: string, value: Value): void {
    this.#entries.delete(id);
    this.#entries.set(id, value);
    if (this.#entries.size > this.#max) this.dropWhile(() => this.#entries.size > this.#max);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Drops the oldest for as long as `isOld` says so. */
  dropWhile(isOld: (value: Value) => boolean): void {
    for (const [id, value] of this.#entries) {
      if (!isOld(value)) return;
      this.#entries.delete(id);
    }
  }

  /** The oldest first, in parts of at most `size`. */
  *batches(size: number): Generator<readonly (readonly [id: string, value: Value])[]> {
    const all = [...this.#entries];
    for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
  }
}
