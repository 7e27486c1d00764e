import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clockSteps, watchClock } from "./clock-steps.ts";
import { createLogger } from "./log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a clock that is set is told once for each time, with how far, and counted; one that is slewed is not", () => {
  const logged: string[] = [];
  const log = createLogger("info", { write: (line) => void logged.push(line) });
  const clock = { ahead: 0, monotonic: () => performance.now(), wall: () => performance.now() + clock.ahead };
  watchClock(log, clock);
  const before = clockSteps();
  // Slower than NTP ever slews: 0.5 ms a second.
  for (let count = 0; count < 2000; count += 1) {
    clock.ahead += 0.5;
    vi.advanceTimersByTime(1000);
  }
  expect(logged).toEqual([]);
  clock.ahead += 3_600_000;
  vi.advanceTimersByTime(5000);
  clock.ahead -= 7_200_000;
  vi.advanceTimersByTime(5000);
  expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: "warn", by_ms: 3_600_000, msg: "the clock was set forward" },
    { level: "warn", by_ms: -7_200_000, msg: "the clock was set back" },
  ]);
  expect(clockSteps() - before).toBe(2);
});
