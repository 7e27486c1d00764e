/** How often the same thing is written at most, in milliseconds. */
const PERIOD_MS = 10_000;

interface Burst<T> {
  /** How many more are written one by one. */
  singly: number;
  /** How many were not written in this period. */
  more: number;
  /** The last of them. */
  last: T;
  /** Looks again when the period is over. */
  timer: NodeJS.Timeout;
}

/**
 * Bounds what a client without a token can have written: the first, or the first few, are written at once, and then once
 * a period the last with the number of those between, until a period passes without one.
 */
export class Bursts<T> {
  readonly #write: (item: T, more: number) => void;
  readonly #periodMs: number;
  readonly #bursts = new Map<string, Burst<T>>();

  /**
   * @param write - writes an item; `more` is how many it also counts for, 0 for one by itself.
   * @param periodMs - test seam, in milliseconds. @defaultValue 10,000
   */
  constructor(write: (item: T, more: number) => void, periodMs: number = PERIOD_MS) {
    this.#write = write;
    this.#periodMs = periodMs;
  }

  /**
   * @param key - what counts as the same. One of a fixed set, because each is remembered.
   * @param singly - how many are written one by one before the others are only counted.
   */
  add(key: string, item: T, singly = 1): void {
    const burst = this.#bursts.get(key) ?? this.#begin(key, item, singly);
    if (burst.singly > 0) {
      burst.singly -= 1;
      return this.#write(item, 0);
    }
    burst.more += 1;
    burst.last = item;
  }

  /** Writes what was only counted so far. */
  flush(): void {
    for (const { timer, more, last } of this.#bursts.values()) {
      clearTimeout(timer);
      if (more > 0) this.#write(last, more);
    }
    this.#bursts.clear();
  }

  #begin(key: string, item: T, singly: number): Burst<T> {
    const burst = { singly, more: 0, last: item, timer: this.#lookLater(key) };
    this.#bursts.set(key, burst);
    return burst;
  }

  #lookLater(key: string): NodeJS.Timeout {
    return setTimeout(() => this.#look(key), this.#periodMs).unref();
  }

  #look(key: string): void {
    const burst = this.#bursts.get(key);
    if (burst === undefined || burst.more === 0) return void this.#bursts.delete(key);
    this.#write(burst.last, burst.more);
    burst.more = 0;
    burst.timer = this.#lookLater(key);
  }
}
