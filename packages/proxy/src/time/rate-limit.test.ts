import { expect, test } from "vitest";
import { HandClock } from "../../test/support/clock.ts";
import { RateLimit } from "./rate-limit.ts";

test("a burst, then one for each interval, and never more than a burst", () => {
  const clock = new HandClock();
  const limit = new RateLimit(clock, { burst: 3, everyMs: 1000 });
  const taken = (): number => {
    let count = 0;
    while (limit.take()) count += 1;
    return count;
  };
  expect(taken()).toBe(3);
  clock.now += 999;
  expect(taken()).toBe(0);
  clock.now += 1;
  expect(taken()).toBe(1);
  clock.now += 2500;
  expect(taken()).toBe(2);
  clock.now += 3_600_000;
  expect(taken()).toBe(3);
});
