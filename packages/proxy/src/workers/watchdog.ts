import type { WorkerProcess } from "./worker-process.ts";

/** How often each worker is looked at, in milliseconds. */
const TICK_MS = 500;

/** Ticks without a message after which a worker counts as hung: 4 s. A request to it waits until that is decided. */
const HUNG_TICKS = 8;

/** The same before a worker listens: 30 s, in which it loads its program and opens the token sources. */
const START_TICKS = 60;

/**
 * Ends workers that no longer respond: they would keep their sessions past the deadlines. It counts its own ticks
 * instead of time, so that workers that were suspended together with the primary survive when all of them resume.
 */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;

  /** @param workers - returns those that run now. */
  constructor(workers: () => Iterable<WorkerProcess>) {
    this.#timer = setInterval(() => {
      for (const worker of workers()) check(worker);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function check(worker: WorkerProcess): void {
  const limit = worker.url === undefined ? START_TICKS : HUNG_TICKS;
  if (worker.silentTicks >= limit) return worker.kill(`it did not respond for ${(limit * TICK_MS) / 1000} s`);
  // A worker that does not read must not collect questions.
  if (worker.silentTicks % HUNG_TICKS === 0) worker.channel.ask({ type: "ping" }).catch(ignore);
  worker.silentTicks += 1;
}

/** What counts is whether anything comes. */
function ignore(): void {}
