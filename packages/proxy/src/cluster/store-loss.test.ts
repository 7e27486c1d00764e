import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { StoreLoss } from "./store-loss.ts";

const log = createLogger("silent");

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A connection whose last contact the test sets, watched from when it was made. */
async function watch(
  endAfterMs: number | undefined,
): Promise<{ contact: () => void; ends: number[]; loss: StoreLoss }> {
  const ends: number[] = [];
  let lastContact = performance.now();
  const connection = {
    isOpen: true,
    opened: Promise.resolve(),
    onChange: () => {},
    get lastContact() {
      return lastContact;
    },
  };
  const start = performance.now();
  const end = (): void => void ends.push(performance.now() - start);
  const loss = new StoreLoss({ connection, endAfterMs, end, log });
  await connection.opened;
  return { contact: () => (lastContact = performance.now()), ends, loss };
}

test("sessions end to the millisecond after the last contact, once", async () => {
  const { ends } = await watch(5000);
  await vi.advanceTimersByTimeAsync(4999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ends).toEqual([5000]);
});

test("each contact moves the end", async () => {
  const { contact, ends } = await watch(5000);
  for (let second = 0; second < 20; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    contact();
  }
  await vi.advanceTimersByTimeAsync(4999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual([25_000]);
});

test("a second loss ends sessions as exactly as the first", async () => {
  const { contact, ends } = await watch(5000);
  await vi.advanceTimersByTimeAsync(7300);
  contact();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ends).toEqual([5000, 12_300]);
});

test("where a busy event loop calls the timer late, what arrived is read before sessions end", async () => {
  let now = performance.now();
  using _ = vi.spyOn(performance, "now").mockImplementation(() => now);
  const [heard, unheard] = [await watch(5000), await watch(5000)];
  now += 6000;
  vi.advanceTimersByTime(5000);
  heard.contact();
  await setImmediate();
  expect([heard.ends, unheard.ends]).toEqual([[], [6000]]);
});

test("with no such time, and after it was closed, none end", async () => {
  const kept = await watch(undefined);
  const closed = await watch(5000);
  closed.loss.close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect([kept.ends, closed.ends]).toEqual([[], []]);
  expect([kept.loss.bound, closed.loss.bound]).toEqual(["until their deadlines", "for 5 s"]);
});
