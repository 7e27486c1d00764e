import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeadlineScheduler } from "../time/scheduler.ts";
import { type DeadlinePolicy, SessionDeadline } from "./session-deadline.ts";

const clock = {
  wallOffset: 0,
  monotonic: (): number => performance.now(),
  wall: (): number => Date.now() + clock.wallOffset,
};
let scheduler: DeadlineScheduler;
let events: string[];

function deadline(policy: Partial<DeadlinePolicy> = {}): SessionDeadline {
  const all = { enforce: true, maxDurationMs: null, warnBeforeMs: [300_000, 60_000, 10_000], ...policy };
  return new SessionDeadline(clock, scheduler, all, {
    expiring: (leftMs) => events.push(`expiring ${leftMs}`),
    expired: (lateMs) => events.push(`expired ${lateMs}`),
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
  clock.wallOffset = 0;
  scheduler = new DeadlineScheduler(clock);
  events = [];
});
afterEach(() => void vi.useRealTimers());

describe("rule 1: with enforcement off, nothing ends a session", () => {
  test("an expiry is not a deadline, and renewing is pointless", () => {
    const off = deadline({ enforce: false });
    off.set(clock.wall() + 1000);
    expect([off.leftMs, off.wall, off.renewable, scheduler.size]).toEqual([null, null, false, 0]);
  });

  test("a session that goes on after its grant's expiry is found once, also if it is renewed", () => {
    const off = deadline({ enforce: false });
    const expiresAt = clock.wall() + 1000;
    off.set(expiresAt);
    expect(off.takeOutlived(expiresAt)).toBe(false);
    vi.advanceTimersByTime(1000);
    expect([off.takeOutlived(expiresAt), off.takeOutlived(expiresAt)]).toEqual([true, false]);
    off.set(clock.wall() + 1000);
    vi.advanceTimersByTime(1000);
    expect(off.takeOutlived(clock.wall())).toBe(false);
  });

  test("with enforcement on, none is", () => {
    const on = deadline();
    on.set(clock.wall() - 1000);
    expect(on.takeOutlived(clock.wall() - 1000)).toBe(false);
  });
});

describe("rule 2: the deadline is the expiry, or earlier where max_duration says so", () => {
  test("the exact expiry without max_duration", () => {
    const exact = deadline();
    exact.set(clock.wall() + 1234);
    expect([exact.leftMs, exact.wall, exact.renewable]).toEqual([1234, clock.wall() + 1234, true]);
  });

  test("max_duration counts from the start of the session, and holds with enforcement off", () => {
    for (const enforce of [true, false]) {
      const start = clock.wall();
      const capped = deadline({ enforce, maxDurationMs: 5000 });
      vi.advanceTimersByTime(1000);
      capped.set(clock.wall() + 60_000);
      expect([capped.leftMs, capped.wall, capped.renewable]).toEqual([4000, start + 5000, false]);
      capped.clear();
    }
  });
});

describe("rule 6: a clock set forward is noticed within a second", () => {
  test("past all warnings and the deadline: it expires within a second, without late warnings", () => {
    deadline().set(clock.wall() + 600_000);
    clock.wallOffset = 700_000;
    // One turn more, in which the deadline follows the warning that noticed.
    vi.advanceTimersByTime(1001);
    expect(events).toEqual(["expired 101001"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("past two warnings at once: one warning says how much is left", () => {
    deadline().set(clock.wall() + 600_000);
    clock.wallOffset = 560_000;
    vi.advanceTimersByTime(1000);
    expect(events).toEqual(["expiring 39000"]);
  });
});

describe("rule 8: warnings at warn_before", () => {
  test("each warning comes at its time, then the end", () => {
    deadline().set(clock.wall() + 600_000);
    vi.advanceTimersByTime(600_000);
    expect(events).toEqual(["expiring 300000", "expiring 60000", "expiring 10000", "expired 0"]);
    expect(scheduler.size).toBe(0);
  });

  test("warnings that lie before the opening are left out", () => {
    deadline().set(clock.wall() + 60_000);
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual(["expiring 10000", "expired 0"]);
  });

  test("after a renewal the warnings come again, before the new deadline only", () => {
    const renewed = deadline();
    renewed.set(clock.wall() + 61_000);
    vi.advanceTimersByTime(55_000);
    renewed.set(clock.wall() + 100_000);
    vi.advanceTimersByTime(100_000);
    expect(events).toEqual(["expiring 60000", "expiring 10000", "expiring 60000", "expiring 10000", "expired 0"]);
  });

  test("a deadline has one entry in the scheduler, and none once it is cleared", () => {
    const cleared = deadline();
    cleared.set(clock.wall() + 600_000);
    expect(scheduler.size).toBe(1);
    cleared.set(clock.wall() + 700_000);
    expect(scheduler.size).toBe(1);
    cleared.clear();
    expect([scheduler.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
