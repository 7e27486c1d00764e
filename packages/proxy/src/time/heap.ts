/** How many entries one removal costs as much as a look at. */
const REMOVALS_PER_LOOK = 8;

/** An entry that knows its place, so that it can be removed without a search. */
export interface HeapEntry {
  key: number;
  /** Maintained by the heap; -1 while in none. */
  index: number;
}

/** A binary min-heap by `key`: push, pop and remove in O(log n). */
export class MinHeap<T extends HeapEntry> {
  #entries: T[] = [];

  get size(): number {
    return this.#entries.length;
  }

  peek(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    this.#up(entry, this.#entries.length);
  }

  /** Removes `entry`; does nothing when it is not in this heap. */
  remove(entry: T): void {
    if (this.#entries[entry.index] !== entry) return;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#down(last, entry.index);
      this.#up(last, last.index);
    }
    entry.index = -1;
  }

  /**
   * Removes the entries with keys up to `key`, and returns them in order. A few are taken one by one; with ten thousand
   * at once, one look at each entry takes a tenth of the time of ten thousand removals.
   */
  takeUpTo(key: number): T[] {
    const taken: T[] = [];
    for (let next = this.peek(); next !== undefined && next.key <= key; next = this.peek()) {
      if (taken.length * REMOVALS_PER_LOOK > this.size) return [...taken, ...this.#takeAllUpTo(key)];
      this.remove(next);
      taken.push(next);
    }
    return taken;
  }

  /** Gives every entry the key that `keyOf` returns for it. */
  rekey(keyOf: (entry: T) => number): void {
    for (const entry of this.#entries) entry.key = keyOf(entry);
    this.#order();
  }

  #takeAllUpTo(key: number): T[] {
    const taken = this.#entries.filter((entry) => entry.key <= key);
    for (const entry of taken) entry.index = -1;
    this.#entries = this.#entries.filter(({ index }) => index >= 0);
    for (const [index, entry] of this.#entries.entries()) entry.index = index;
    this.#order();
    return taken.toSorted((one, other) => one.key - other.key);
  }

  #order(): void {
    for (let index = (this.#entries.length >> 1) - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry !== undefined) this.#down(entry, index);
    }
  }

  #up(entry: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#entries[parentIndex];
      if (parent === undefined || parent.key <= entry.key) break;
      this.#put(parent, index);
      index = parentIndex;
    }
    this.#put(entry, index);
  }

  #down(entry: T, from: number): void {
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      const right = this.#entries[childIndex + 1];
      let child = this.#entries[childIndex];
      if (child !== undefined && right !== undefined && right.key < child.key) {
        child = right;
        childIndex += 1;
      }
      if (child === undefined || child.key >= entry.key) break;
      this.#put(child, index);
      index = childIndex;
    }
    this.#put(entry, index);
  }

  #put(entry: T, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}
