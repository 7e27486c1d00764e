import { reportError } from "../util/report-error.ts";
import type { ReconnectContext, ReconnectPolicy } from "./model/options.ts";

/** Options of {@link backoff}, all in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first delay; doubles with each attempt. @defaultValue 500 */
  baseMs?: number;
  /** Upper bound of every delay. @defaultValue 15_000 */
  maxMs?: number;
  /** Gives up this long after the first failure in a row. @defaultValue 300_000 */
  maxElapsedMs?: number;
}

/**
 * Exponential back-off with full jitter: each delay is random between 0 and its bound, so that the
 * clients of a restarted gateway do not all connect at the same time. It starts over after a
 * connection that lasted 10 s; a shorter one counts as another failure.
 */
export function backoff(options: BackoffOptions = {}): ReconnectPolicy {
  const { baseMs = 500, maxMs = 15_000, maxElapsedMs = 300_000 } = options;
  return ({ attempt, elapsedMs }) => {
    if (elapsedMs >= maxElapsedMs) return null;
    return Math.random() * Math.min(maxMs, baseMs * 2 ** Math.max(0, attempt - 2));
  };
}

/** The answer of a policy; one that throws, or answers what is no delay, gives up. */
export function retryDelay(policy: ReconnectPolicy, context: ReconnectContext): number | null {
  try {
    const delayMs = policy(context);
    if (delayMs === null || delayMs >= 0) return delayMs;
    throw new RangeError(`reconnect: expected milliseconds from 0 or null, got ${String(delayMs)}`);
  } catch (error) {
    reportError(error);
    return null;
  }
}
