/** An entry that knows its place, so that it can be removed without a search. */
export interface HeapEntry {
  readonly key: number;
  /** Maintained by the heap; -1 while in none. */
  index: number;
}

/** A binary min-heap by `key`: push, pop and remove in O(log n). */
export class MinHeap<T extends HeapEntry> {
  readonly #entries: T[] = [];

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

  /** All entries, in no particular order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#entries[Symbol.iterator]();
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
