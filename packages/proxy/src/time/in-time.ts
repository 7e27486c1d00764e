import { AnswerTimer } from "./answer-timer.ts";
import { unlessAborted } from "./unless-aborted.ts";

/**
 * Gives foreign code a limited time.
 *
 * @param work - given a signal that is aborted when the time is up.
 * @param timeoutMs - milliseconds.
 * @throws Error when it takes longer.
 */
export async function inTime<T>(work: (signal: AbortSignal) => Promise<T>, timeoutMs: number): Promise<T> {
  const late = new AbortController();
  const timer = new AnswerTimer(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await unlessAborted(work(late.signal), late.signal);
  } finally {
    timer.cancel();
  }
}
