import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Clock } from "../time/clock.ts";
import { DeadlineScheduler } from "../time/scheduler.ts";
import { type IdleHandler, IdleTimer } from "./idle-timer.ts";

let wallOffset: number;
const clock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() + wallOffset };

beforeEach(() => {
  wallOffset = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** A running idle timer. */
function started(idleTimeoutMs = 1000): {
  idle: IdleTimer;
  warnings: readonly (number | null)[];
  scheduler: DeadlineScheduler;
  ended: () => number;
} {
  const scheduler = new DeadlineScheduler(clock);
  const onIdle = vi.fn<IdleHandler["end"]>();
  const warnings: (number | null)[] = [];
  const handler = { end: onIdle, warnIdle: (endsInMs: number | null) => warnings.push(endsInMs) };
  const idle = IdleTimer.for({ clock, scheduler, idleTimeoutMs }, handler);
  if (idle === undefined) throw new Error("there is no timer");
  idle.start();
  return { idle, scheduler, warnings, ended: () => onIdle.mock.calls.length };
}

describe("the idle timer", () => {
  test("ends the session after the whole time without input, once, and leaves no entry", () => {
    const { scheduler, ended } = started();
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ended()).toBe(1);
    expect(scheduler.size).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(ended()).toBe(1);
  });

  test("counts from the last input, however often it comes, with one entry in the scheduler", () => {
    const { idle, scheduler, ended } = started();
    for (let times = 0; times < 100; times += 1) {
      vi.advanceTimersByTime(90);
      idle.onInput();
      expect(scheduler.size).toBe(1);
    }
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ended()).toBe(1);
  });

  test.each([
    [900_000, 840_000],
    [120_000, 60_000],
    [1000, 500],
  ])("warns before the end of %i ms, a minute or half of the time before", (timeoutMs, warnAt) => {
    const { scheduler, warnings, ended } = started(timeoutMs);
    vi.advanceTimersByTime(warnAt - 1);
    expect(warnings).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(warnings).toEqual([timeoutMs - warnAt]);
    expect(scheduler.size).toBe(1);
    vi.advanceTimersByTime(timeoutMs - warnAt);
    expect([ended(), warnings.length]).toEqual([1, 1]);
  });

  test("takes the warning back at the next input, once, and warns again in time", () => {
    const { idle, scheduler, warnings, ended } = started();
    vi.advanceTimersByTime(600);
    idle.onInput();
    idle.onInput();
    expect(warnings).toEqual([500, null]);
    expect(scheduler.size).toBe(1);
    vi.advanceTimersByTime(499);
    expect(warnings).toEqual([500, null]);
    vi.advanceTimersByTime(1);
    expect(warnings).toEqual([500, null, 500]);
    vi.advanceTimersByTime(499);
    expect(ended()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ended()).toBe(1);
  });

  test("does nothing more once it is stopped", () => {
    const { idle, scheduler, ended } = started();
    idle.stop();
    expect(scheduler.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5000);
    expect(ended()).toBe(0);
  });

  test("does not end a session because the wall clock is set forward", () => {
    const { ended } = started();
    wallOffset = 3_600_000;
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
  });

  test("is not made where sessions may be idle without limit", () => {
    const scheduler = new DeadlineScheduler(clock);
    expect(
      IdleTimer.for({ clock, scheduler, idleTimeoutMs: null }, { end: () => {}, warnIdle: () => {} }),
    ).toBeUndefined();
  });
});
