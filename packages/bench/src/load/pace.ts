/** Limits how much is caught up in one turn, so that responses are read in between. */
const MAX_PER_TURN = 64;

/**
 * Calls `action` with 0, 1, 2, … at a steady rate until the returned function is called. Spins instead of sleeping: timers
 * are too coarse, and the generator has a core of its own.
 */
export function pace(perSecond: number, action: (index: number) => void): () => void {
  const start = performance.now();
  let done = 0;
  let stopped = false;
  const turn = (): void => {
    if (stopped) return;
    const due = Math.min(Math.floor(((performance.now() - start) / 1000) * perSecond), done + MAX_PER_TURN);
    while (done < due) action(done++);
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    stopped = true;
  };
}
