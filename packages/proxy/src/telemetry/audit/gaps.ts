import type { ReadLine } from "./read.ts";

interface Numbers {
  first: number;
  last: number;
  count: number;
}

/** Counts the lines that are missing between those that were read: the numbers of a run rise by one. */
export class Gaps {
  readonly #runs = new Map<string, Numbers>();

  /** In any order. */
  add({ run, seq }: ReadLine): void {
    if (run === undefined || seq === undefined) return;
    const numbers = this.#runs.get(run);
    if (numbers === undefined) return void this.#runs.set(run, { first: seq, last: seq, count: 1 });
    numbers.first = Math.min(numbers.first, seq);
    numbers.last = Math.max(numbers.last, seq);
    numbers.count += 1;
  }

  /** How many; those before the first and after the last one of a run are not known. */
  get missing(): number {
    let missing = 0;
    for (const { first, last, count } of this.#runs.values()) missing += Math.max(0, last - first + 1 - count);
    return missing;
  }
}
