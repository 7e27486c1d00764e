/** The longest pause, in milliseconds. */
const MAX_PAUSE_MS = 10_000;

/**
 * How long to wait before a worker is replaced, in milliseconds: not at all, unless one after the other
 * dies soon after its start.
 *
 * @param earlyEnds - how many have in a row.
 */
export function restartDelay(earlyEnds: number): number {
  return earlyEnds < 2 ? 0 : Math.min(100 * 2 ** (earlyEnds - 2), MAX_PAUSE_MS);
}
