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
 * Measures a time that the gateway promises where other programs may keep the processors busy.
 *
 * @param pids - processes that have a part in it, all of which are still there when the time is taken.
 * @returns tells the milliseconds since now, less those for which one of them or this thread waited for a processor.
 */
export function stopwatch(pids: readonly number[] = []): () => number {
  const startedAt = performance.now();
  const waited = waitedForProcessor(pids);
  return () => performance.now() - startedAt - (waitedForProcessor(pids) - waited);
}
