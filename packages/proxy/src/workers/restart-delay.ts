/** The longest delay, in milliseconds. */
const MAX_DELAY_MS = 10_000;

/**
 * How long to wait before a worker is replaced, in milliseconds: not at all, unless several in a row end soon after
 * their start.
 *
 * @param earlyEnds - how many in a row did.
 */
export function restartDelay(earlyEnds: number): number {
  return earlyEnds < 2 ? 0 : Math.min(100 * 2 ** (earlyEnds - 2), MAX_DELAY_MS);
}
