import fc from "fast-check";
import { expect, test } from "vitest";
import { type Clock, instantAt, nowOf } from "./clock.ts";

const AHEAD = 1_700_000_000_000;

/** Clocks that agree, in a process that stands still before some readings for so many milliseconds. */
class StandingClock implements Clock {
  readings = 0;
  #now = 0;
  readonly #stands: readonly number[];

  constructor(stands: readonly number[]) {
    this.#stands = stands;
  }

  #read(): number {
    this.#now += this.#stands[this.readings] ?? 0;
    this.readings += 1;
    return this.#now;
  }

  monotonic(): number {
    return this.#read();
  }

  wall(): number {
    return AHEAD + this.#read();
  }
}

test("both clocks are read at one instant, although the process stands still between two readings", () => {
  for (const stands of [[], [9], [0, 9], [0, 0, 9], [0, 9, 9, 9, 9], [0, 2000, 0, 0, 0, 0]]) {
    const { monotonic, wall } = nowOf(new StandingClock(stands));
    expect(wall - monotonic, String(stands)).toBe(AHEAD);
  }
});

test("an instant is never early on the monotonic clock, and a machine that stops all the time is not asked for ever", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), (stands) => {
      const clock = new StandingClock(stands);
      const { monotonic } = instantAt(clock, AHEAD + 5000);
      expect(clock.readings).toBeLessThanOrEqual(30);
      expect(monotonic).toBeGreaterThanOrEqual(5000);
    }),
  );
});
