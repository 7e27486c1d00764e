/** The longest delay: a Node timer of more than 24.8 days fires at once. */
const MAX_DELAY_MS = 24 * 24 * 60 * 60 * 1000;

/**
 * A delay for a timer; one of more than 24 days becomes 24 days.
 *
 * @param ms - milliseconds; Infinity is allowed.
 * @throws RangeError when it is negative or not a number.
 */
export function timerDelay(ms: number): number {
  if (ms >= 0) return Math.min(ms, MAX_DELAY_MS);
  throw new RangeError(`expected milliseconds of 0 or more, but got ${ms}`);
}
