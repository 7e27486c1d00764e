/** The longest time that is tried, in seconds. */
const MOST_S = 60;

/**
 * Does what a busy machine may not get done before a token expires, with twice the time after each attempt that came too late.
 *
 * @param attempt - returns undefined where the time was too short.
 * @throws Error when no time is enough.
 */
export async function inEnoughTime<T>(
  seconds: number,
  attempt: (seconds: number) => Promise<T | undefined>,
): Promise<T> {
  const done = await attempt(seconds);
  if (done !== undefined) return done;
  if (2 * seconds > MOST_S) throw new Error(`${seconds} s were not enough`);
  return await inEnoughTime(2 * seconds, attempt);
}
