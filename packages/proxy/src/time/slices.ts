import { setImmediate } from "node:timers/promises";

/** How long slices hold the event loop at a stretch, in milliseconds. */
const SLICE_MS = 5;

/** Cuts long work of one kind into slices, however much of it runs at the same time, so that no session waits for it. */
export class Slices {
  readonly #now: () => number;
  #until = -Infinity;
  #next: Promise<void> | undefined;

  /** @param now - milliseconds from an arbitrary start; test seam. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the slice is over: {@link next} has then to be waited for. */
  get isOver(): boolean {
    return this.#now() >= this.#until;
  }

  /** Waits for the next slice. All that wait for it get a piece of work done in it, and one of them the rest. */
  async next(): Promise<void> {
    await (this.#next ??= this.#begin());
  }

  async #begin(): Promise<void> {
    await setImmediate();
    this.#next = undefined;
    this.#until = this.#now() + SLICE_MS;
  }
}
