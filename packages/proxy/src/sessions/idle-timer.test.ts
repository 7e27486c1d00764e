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

/** A running idle clock of 1000 ms. */
function started(type: "vnc" | "serial" = "serial"): {
  idle: IdleTimer;
  scheduler: DeadlineScheduler;
  ended: () => number;
} {
  const scheduler = new DeadlineScheduler(clock);
  const onIdle = vi.fn<() => void>();
  const idle = IdleTimer.for({ clock, scheduler, idleTimeoutMs: 1000 }, type, onIdle);
  if (idle === undefined) throw new Error("there is no clock");
  idle.start();
  return { idle, scheduler, ended: () => onIdle.mock.calls.length };
}

describe("the idle clock", () => {
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
      idle.take(Buffer.from("x"));
      expect(scheduler.size).toBe(1);
    }
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ended()).toBe(1);
  });

  test("takes only the user's input for input on a VNC console", () => {
    const { idle, ended } = started("vnc");
    idle.take(Buffer.from("RFB 003.008\n\x01\x01"));
    const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
    const updateRequest = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);
    vi.advanceTimersByTime(600);
    idle.take(key);
    for (let times = 0; times < 9; times += 1) {
      vi.advanceTimersByTime(100);
      idle.take(updateRequest);
    }
    vi.advanceTimersByTime(99);
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

  test("cuts nobody because the wall clock is set forward", () => {
    const { ended } = started();
    wallOffset = 3_600_000;
    vi.advanceTimersByTime(999);
    expect(ended()).toBe(0);
  });

  test("is not made where sessions may be idle for ever", () => {
    const scheduler = new DeadlineScheduler(clock);
    expect(IdleTimer.for({ clock, scheduler, idleTimeoutMs: null }, "vnc", () => {})).toBeUndefined();
  });
});
