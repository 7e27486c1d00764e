import type { Clock } from "../../src/time/clock.ts";

/** The system's clocks, which a test can set as an administrator would. */
export class SettableClock implements Clock {
  /** Milliseconds that the wall clock was set forward; negative for back. */
  wallOffset = 0;
  /** Milliseconds that have passed without a test waiting for them. */
  passed = 0;

  monotonic(): number {
    return performance.now() + this.passed;
  }

  wall(): number {
    return Date.now() + this.passed + this.wallOffset;
  }

  /** Sets the wall clock so that this many milliseconds are left until `instant`. */
  leave(ms: number, instant: number): void {
    this.wallOffset += instant - ms - this.wall();
  }
}

/** Its monotonic clock moves only when a test moves it, however busy the machine is. */
export class HandClock implements Clock {
  /** Milliseconds. */
  now = 0;

  monotonic(): number {
    return this.now;
  }

  wall(): number {
    return Date.now();
  }
}
