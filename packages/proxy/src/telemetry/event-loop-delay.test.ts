import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { EventLoopDelay } from "./event-loop-delay.ts";

const HOLD_UP_MS = 200;

function started(): EventLoopDelay {
  const loop = new EventLoopDelay();
  onTestFinished(() => loop.stop());
  expect(loop.readLongest()).toBe(0);
  return loop;
}

/** Holds the event loop up between two ticks of the timer that measures. */
async function holdUp(): Promise<void> {
  await delay(50);
  const until = performance.now() + HOLD_UP_MS;
  while (performance.now() < until) continue;
  await delay(50);
}

test("a reading tells of the longest time that the event loop was held up", async () => {
  const loop = started();
  await holdUp();
  // A tick may have been due up to its resolution after the hold-up began.
  expect(loop.readLongest()).toBeGreaterThan((HOLD_UP_MS - 20) / 1000);
});

test("one scraper does not take it from another, and it is forgotten when the time is over", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const loop = started();
  await holdUp();
  expect(loop.readLongest()).toBeGreaterThan((HOLD_UP_MS - 20) / 1000);
  vi.advanceTimersByTime(50_000);
  expect(loop.readLongest()).toBeGreaterThan((HOLD_UP_MS - 20) / 1000);
  vi.advanceTimersByTime(10_000);
  expect(loop.readLongest()).toBeLessThan((HOLD_UP_MS - 20) / 1000);
});

test("what has stopped records nothing more", async () => {
  const loop = started();
  loop.stop();
  await holdUp();
  expect(loop.readLongest()).toBe(0);
});
