import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Countdown } from "./countdown.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a countdown reports at once, and whenever the whole seconds change, until none are left", () => {
  const seen: number[] = [];
  new Countdown().start(performance.now() + 2300, (leftMs) => seen.push(leftMs));
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual([2300, 2000, 1000, 0]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a countdown that is stopped or started again reports no more to the first function", () => {
  const countdown = new Countdown();
  const first = vi.fn<(leftMs: number) => void>();
  const second = vi.fn<(leftMs: number) => void>();
  countdown.start(performance.now() + 5000, first);
  countdown.start(performance.now() + 5000, second);
  vi.advanceTimersByTime(1000);
  countdown.stop();
  vi.advanceTimersByTime(10_000);
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 2]);
});

test("a countdown with a step of its own reports whenever that step changes", () => {
  const seen: number[] = [];
  new Countdown(500).start(performance.now() + 1200, (leftMs) => seen.push(leftMs));
  vi.advanceTimersByTime(10_000);
  expect(seen).toEqual([1200, 1000, 500, 0]);
});
