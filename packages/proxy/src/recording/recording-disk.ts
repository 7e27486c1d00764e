import { close, open, write, writev } from "node:fs";
import type * as FileSystem from "node:fs";

/** How many calls may run at once: each occupies a thread of libuv's pool, which other parts need as well. */
const MAX_CALLS = 4;

/** How long a call may take, in milliseconds. */
const HANGING_MS = 10_000;

/** Those of Node's calls that files are written with. The last argument of each is a callback. */
type Calls = Pick<typeof FileSystem, "close" | "open" | "write" | "writev">;

/** The disk of a gateway's recordings: bounds the threads that wait for it, and tells when it does not answer. */
export class RecordingDisk {
  /** What files are written with, for `createWriteStream`. */
  readonly fs: Calls = {
    open: this.#bounded(open),
    write: this.#bounded(write),
    writev: this.#bounded(writev),
    close: this.#bounded(close),
  };
  /** When each of the calls that run was made, the oldest in front. */
  readonly #running = new Set<{ readonly startedAt: number }>();
  readonly #waiting: (() => void)[] = [];
  readonly #maxCalls: number;

  /** @param maxCalls - test seam. */
  constructor(maxCalls: number = MAX_CALLS) {
    this.#maxCalls = maxCalls;
  }

  /** @throws Error while the disk does not answer. */
  check(): void {
    const [oldest] = this.#running;
    if (oldest === undefined || performance.now() - oldest.startedAt < HANGING_MS) return;
    throw new Error(`the disk of the recordings has not answered for ${HANGING_MS / 1000} s`);
  }

  #bounded<F extends Calls[keyof Calls]>(call: F): F {
    const run = (...args: unknown[]): void => {
      const running = { startedAt: performance.now() };
      this.#running.add(running);
      const callback = args.pop() as (...results: unknown[]) => void;
      const done = (...results: unknown[]): void => {
        this.#running.delete(running);
        this.#waiting.shift()?.();
        callback(...results);
      };
      (call as unknown as (...all: unknown[]) => void)(...args, done);
    };
    const start = (...args: unknown[]): void => {
      if (this.#running.size < this.#maxCalls) run(...args);
      else this.#waiting.push(() => run(...args));
    };
    return start as unknown as F;
  }
}
