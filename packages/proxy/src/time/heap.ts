/** An entry that knows its place, so that it can be removed without a search. */
export interface HeapEntry {
  readonly key: number;
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
   * Removes the entries that `which` picks, and returns them in order. One look at each: with ten thousand picked at
   * once, that is a tenth of the time of ten thousand pops.
   */
  take(which: (entry: T) => boolean): T[] {
    const taken = this.#entries.filter(which);
    if (taken.length === 0) return taken;
    for (const entry of taken) entry.index = -1;
    const kept = this.#entries.filter(({ index }) => index >= 0);
    this.#entries = kept;
    for (const [index, entry] of kept.entries()) entry.index = index;
    for (let index = (kept.length >> 1) - 1; index >= 0; index -= 1) {
      const entry = this.#entries[index];
      if (entry !== undefined) this.#down(entry, index);
    }
    return taken.toSorted((a, b) => a.key - b.key);
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
