import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Clock } from "../time/clock.ts";
import { DeadlineScheduler } from "../time/scheduler.ts";
import { IdleTimer } from "./idle-timer.ts";

let wallOffset: number;
const clock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() + wallOffset };

beforeEach(() => {
  wallOffset = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** A running idle timer of 1000 ms. */
function started(): {
  idle: IdleTimer;
  scheduler: DeadlineScheduler;
  ended: () => number;
} {
  const scheduler = new DeadlineScheduler(clock);
  const onIdle = vi.fn<() => void>();
  const idle = IdleTimer.for({ clock, scheduler, idleTimeoutMs: 1000 }, onIdle);
  if (idle === undefined) throw new Error("there is no timer");
  idle.start();
  return { idle, scheduler, ended: () => onIdle.mock.calls.length };
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
    expect(IdleTimer.for({ clock, scheduler, idleTimeoutMs: null }, () => {})).toBeUndefined();
  });
});
