import { readdirSync, readFileSync } from "node:fs";

/** How often processes that may end are looked at, in milliseconds. */
const LOOK_MS = 50;

/** Linux, Documentation/scheduler/sched-stats.rst: a thread's time on the processor and in its queue, in nanoseconds. */
function waitedMs(schedstat: string): number {
  return Number(readFileSync(schedstat, "utf8").split(" ")[1]) / 1e6;
}

/** Notes how long this thread, and all threads of these processes, have waited for a processor, in milliseconds. */
function look(pids: readonly number[], seen: Map<string, number>): void {
  for (const process of ["thread-self", ...pids]) {
    try {
      const folder = `/proc/${process}`;
      const threads =
        process === "thread-self" ? [folder] : readdirSync(`${folder}/task`).map((id) => `${folder}/task/${id}`);
      for (const thread of threads) seen.set(thread, waitedMs(`${thread}/schedstat`));
    } catch {
      // It has ended, or this is another system, which does not tell.
    }
  }
}

function sum(seen: ReadonlyMap<string, number>): number {
  return [...seen.values()].reduce((total, each) => total + each, 0);
}

/**
 * Tells how far a machine that other programs keep busy delays what the gateway promises.
 *
 * @param pids - processes that have a part in it.
 * @param mayEnd - whether they may have ended when the time is taken. @defaultValue false
 * @returns tells for how many milliseconds one of them or this thread has waited for a processor from now on.
 */
export function waiting(pids: readonly number[] = [], { mayEnd = false } = {}): () => number {
  const seen = new Map<string, number>();
  look(pids, seen);
  const before = sum(seen);
  const looking = mayEnd ? setInterval(() => look(pids, seen), LOOK_MS).unref() : undefined;
  return () => {
    clearInterval(looking);
    look(pids, seen);
    return sum(seen) - before;
  };
}

/** Tells the milliseconds since now, less those of {@link waiting}. */
export function stopwatch(pids: readonly number[] = [], options: { readonly mayEnd?: boolean } = {}): () => number {
  const startedAt = performance.now();
  const waited = waiting(pids, options);
  return () => performance.now() - startedAt - waited();
}
