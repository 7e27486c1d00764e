import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Clock, instantAt } from "./clock.ts";
import { DeadlineScheduler } from "./scheduler.ts";

/** The clocks of the faked timers, and a wall clock that can be set. */
class FakeClock implements Clock {
  wallOffset = 0;
  monotonic = (): number => performance.now();
  wall = (): number => Date.now() + this.wallOffset;
}

const DAY = 24 * 60 * 60 * 1000;
let clock: FakeClock;
let scheduler: DeadlineScheduler;
const after = (ms: number) => instantAt(clock, clock.wall() + ms);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  clock = new FakeClock();
  scheduler = new DeadlineScheduler(clock);
});
afterEach(() => void vi.useRealTimers());

describe("rule 5: never early", () => {
  test("a call is made in the millisecond of its instant, and not in the one before", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(4321), due);
    vi.advanceTimersByTime(4320);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
  });

  test("an instant between two milliseconds is rounded up to the later one", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(100.25), due);
    vi.advanceTimersByTime(100);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
  });

  test("a timer that fires before its time is armed again instead of making the call", () => {
    const slow = { monotonic: () => performance.now() * 0.5, wall: () => Date.UTC(2030, 0, 1) };
    const halfSpeed = new DeadlineScheduler(slow);
    const due = vi.fn<() => void>();
    halfSpeed.schedule(instantAt(slow, slow.wall() + 100), due);
    vi.advanceTimersByTime(199);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(due).toHaveBeenCalledOnce();
  });

  test("calls are made in the order of their instants, each at its own", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 30 }), (delays) => {
        const start = performance.now();
        const made: number[] = [];
        for (const delay of delays) {
          scheduler.schedule(after(delay), () => {
            expect(performance.now() - start).toBe(delay);
            made.push(delay);
          });
        }
        vi.advanceTimersByTime(5000);
        expect(made).toEqual(delays.toSorted((a, b) => a - b));
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("a process that stands still while it reads the clocks makes no call early", () => {
    let stood = 0;
    let untilStand = Infinity;
    const read = (now: number): number => {
      untilStand -= 1;
      if (untilStand === 0) stood += 400;
      return now + stood;
    };
    const standing = { monotonic: () => read(performance.now()), wall: () => read(Date.now()) };
    for (untilStand of Array.from({ length: 12 }, (_, index) => index + 1)) {
      const own = new DeadlineScheduler(standing);
      const due = vi.fn<() => void>();
      const wall = Date.now() + stood + 5000;
      own.schedule(instantAt(standing, wall), () => due());
      while (due.mock.calls.length === 0) vi.advanceTimersByTime(1);
      expect(Date.now() + stood).toBeGreaterThanOrEqual(wall);
    }
  });

  test("an instant that lies in the past is called soon, but not in the same turn", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(-10), due);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0);
    expect(due).toHaveBeenCalledOnce();
  });
});

describe("rule 6: whichever clock comes first ends the session", () => {
  test("a wall clock set forward past the instant is noticed within a second", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(60_000), due);
    vi.advanceTimersByTime(10_000);
    clock.wallOffset = 50_000;
    vi.advanceTimersByTime(1000);
    expect(due).toHaveBeenCalledOnce();
  });

  test("a wall clock set forward, but not past the instant, brings it nearer", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(60_000), due);
    clock.wallOffset = 30_000;
    vi.advanceTimersByTime(29_999);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1001);
    expect(due).toHaveBeenCalledOnce();
  });

  test("the clock ends only those whose instant it has passed", () => {
    const [near, far] = [vi.fn<() => void>(), vi.fn<() => void>()];
    scheduler.schedule(after(60_000), near);
    scheduler.schedule(after(120_000), far);
    clock.wallOffset = 70_000;
    vi.advanceTimersByTime(1000);
    expect(near).toHaveBeenCalledOnce();
    expect(far).not.toHaveBeenCalled();
  });

  test("an instant that only the wall clock has passed when it is scheduled is called at once", () => {
    const due = vi.fn<() => void>();
    const instant = after(60_000);
    clock.wallOffset = 61_000;
    scheduler.schedule(instant, due);
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
  });

  test("a wall clock set back gives no more time", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(60_000), due);
    clock.wallOffset = -3_600_000;
    vi.advanceTimersByTime(60_000);
    expect(due).toHaveBeenCalledOnce();
  });

  test("deadlines further away than a Node timer can count are kept", () => {
    const due = vi.fn<() => void>();
    // The once-a-second check would make millions of turns: time passes on the monotonic clock in leaps.
    let leap = 0;
    const leaping = { monotonic: () => performance.now() + leap, wall: () => Date.now() + leap };
    const far = new DeadlineScheduler(leaping);
    far.schedule(instantAt(leaping, leaping.wall() + 60 * DAY), due);
    for (let day = 0; day < 59; day += 1) {
      leap += DAY;
      vi.advanceTimersByTime(2000);
    }
    expect(due).not.toHaveBeenCalled();
    leap += DAY;
    vi.advanceTimersByTime(1000);
    expect(due).toHaveBeenCalledOnce();
  });
});

describe("rule 7: one scheduler holds all deadlines", () => {
  test("a thousand deadlines share one timer", () => {
    for (let count = 0; count < 1000; count += 1) scheduler.schedule(after(1000 + count), () => {});
    expect(vi.getTimerCount()).toBe(1);
    expect(scheduler.size).toBe(1000);
  });

  test("an earlier deadline is kept although a later one came first", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(900), () => {});
    scheduler.schedule(after(100), due);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(due).toHaveBeenCalledOnce();
  });

  test("cancelling removes the entry, and the last one the timer", () => {
    const due = vi.fn<() => void>();
    const [one, other] = [scheduler.schedule(after(100), due), scheduler.schedule(after(200), due)];
    one.cancel();
    expect([scheduler.size, vi.getTimerCount()]).toEqual([1, 1]);
    other.cancel();
    other.cancel();
    expect([scheduler.size, vi.getTimerCount()]).toEqual([0, 0]);
    vi.advanceTimersByTime(1000);
    expect(due).not.toHaveBeenCalled();
  });

  test("a call that is taken back by another call of the same instant is not made", () => {
    const second = vi.fn<() => void>();
    const at = after(50);
    const later: { cancel: () => void }[] = [];
    scheduler.schedule(at, () => later[0]?.cancel());
    later.push(scheduler.schedule(at, second));
    vi.advanceTimersByTime(100);
    expect(second).not.toHaveBeenCalled();
    expect([scheduler.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("a call may schedule the next one", () => {
    const due = vi.fn<() => void>();
    scheduler.schedule(after(50), () => void scheduler.schedule(after(50), due));
    vi.advanceTimersByTime(99);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a call that throws keeps no other of the same instant from being made, and its error is not caught", () => {
    const outside = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
    const due = vi.fn<() => void>();
    scheduler.schedule(after(50), () => {
      throw new Error("a fault");
    });
    scheduler.schedule(after(50), due);
    vi.advanceTimersByTime(50);
    expect(due).toHaveBeenCalledOnce();
    expect(outside.mock.calls[0]?.[0]).toThrow("a fault");
    outside.mockRestore();
  });
});
