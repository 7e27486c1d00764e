import type { Clock } from "../../src/sessions/clock.ts";

/** The system's clocks, which a test can set as an administrator would. */
export class SettableClock implements Clock {
  /** Milliseconds that the wall clock was set forward; negative for back. */
  wallOffset = 0;

  monotonic(): number {
    return performance.now();
  }

  wall(): number {
    return Date.now() + this.wallOffset;
  }
}
