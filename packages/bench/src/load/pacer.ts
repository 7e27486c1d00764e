/** What was missed is made up for in portions, so that answers are read in between. */
const MOST_A_TURN = 64;

/**
 * Calls `action` with 0, 1, 2, … at a steady rate; the function that comes back stops it. It spins instead of
 * sleeping: timers are too coarse, and the generator has a core of its own.
 */
export function pace(perSecond: number, action: (index: number) => void): () => void {
  const start = performance.now();
  let done = 0;
  let stopped = false;
  const turn = (): void => {
    if (stopped) return;
    const due = Math.min(Math.floor(((performance.now() - start) / 1000) * perSecond), done + MOST_A_TURN);
    while (done < due) action(done++);
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    stopped = true;
  };
}
