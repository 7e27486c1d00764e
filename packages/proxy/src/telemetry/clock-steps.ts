import { type Clock, nowOf, systemClock } from "../time/clock.ts";
import type { Logger } from "./log.ts";

/** How often the clocks are compared, in milliseconds. */
const EVERY_MS = 1000;

/** By how much the wall clock has to be set to be told, in milliseconds: more than a clock that is slewed or a late timer. */
const STEP_MS = 500;

let steps = 0;

/** How often the machine's clock was set while this process ran. */
export function clockSteps(): number {
  return steps;
}

/**
 * Tells of a wall clock that is set, or that went on while the machine slept: sessions end earlier by that time if it is
 * forward, and tokens of other systems are judged by the new time. Each step is counted; the log has one line for those of a second.
 *
 * @param clock - test seam.
 */
export function watchClock(log: Logger, clock: Clock = systemClock): void {
  const offset = (): number => {
    const { wall, monotonic } = nowOf(clock);
    return wall - monotonic;
  };
  let last = offset();
  setInterval(() => {
    const now = offset();
    const byMs = Math.round(now - last);
    // What is slewed does not add up.
    last = now;
    if (Math.abs(byMs) < STEP_MS) return;
    steps += 1;
    log.warn({ by_ms: byMs }, byMs > 0 ? "the clock was set forward" : "the clock was set back");
  }, EVERY_MS).unref();
}
