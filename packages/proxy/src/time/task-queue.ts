import { callSafely } from "./call-safely.ts";

/** How long tasks may hold the event loop at a stretch, in milliseconds. */
const SLICE_MS = 5;

/**
 * A queue whose tasks run after the current turn, in slices, so that ten thousand close frames do
 * not delay the keystrokes of other sessions. A task that is added by a task runs in a later turn.
 */
export function createTaskQueue(): (task: () => void) => void {
  let queue: (() => void)[] = [];
  let next = 0;
  const run = (): void => {
    const until = performance.now() + SLICE_MS;
    const end = queue.length;
    while (next < end && performance.now() < until) {
      const task = queue[next++];
      if (task !== undefined) callSafely(task);
    }
    if (next < queue.length) return void setImmediate(run);
    queue = [];
    next = 0;
  };
  return (task) => {
    if (queue.push(task) === 1) setImmediate(run);
  };
}
