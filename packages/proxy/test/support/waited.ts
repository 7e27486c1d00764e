import { readdirSync, readFileSync } from "node:fs";

/** Linux, Documentation/scheduler/sched-stats.rst: a thread's time on the processor and in its queue, in nanoseconds. */
function waitedMs(schedstat: string): number {
  return Number(readFileSync(schedstat, "utf8").split(" ")[1]) / 1e6;
}

/** How long this thread, and all threads of these processes, have waited for a processor so far, in milliseconds. */
function waitedForProcessor(pids: readonly number[]): number {
  try {
    const threads = pids.flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((thread) => `${pid}/task/${thread}`));
    return [...threads, "thread-self"].reduce((sum, thread) => sum + waitedMs(`/proc/${thread}/schedstat`), 0);
  } catch {
    // Another system, which does not tell.
    return 0;
  }
}

/**
 * Tells how far a machine that other programs keep busy delays what the gateway promises.
 *
 * @param pids - processes that have a part in it, all of which are still there when the time is taken.
 * @returns tells for how many milliseconds one of them or this thread has waited for a processor from now on.
 */
export function waiting(pids: readonly number[] = []): () => number {
  const before = waitedForProcessor(pids);
  return () => Math.max(0, waitedForProcessor(pids) - before);
}

/** Tells the milliseconds since now, less those of {@link waiting}. */
export function stopwatch(pids: readonly number[] = []): () => number {
  const startedAt = performance.now();
  const waited = waiting(pids);
  return () => performance.now() - startedAt - waited();
}
