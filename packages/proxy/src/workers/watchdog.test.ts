import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "./watchdog.ts";
import type { WorkerProcess } from "./worker-process.ts";

let watchdog: Watchdog;
let worker: WorkerProcess;
let asked = 0;
let killed: (string | undefined)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  killed = [];
  const ask = async (): Promise<null> => {
    asked += 1;
    return null;
  };
  const kill = (how: string | undefined): void => void killed.push(how);
  worker = { url: "http://127.0.0.1:6080", silentTicks: 0, channel: { ask }, kill } as unknown as WorkerProcess;
  watchdog = new Watchdog(() => [worker]);
});
afterEach(() => {
  watchdog.stop();
  vi.useRealTimers();
});

test("a worker that has sent nothing for 4 s is killed, and was asked once", () => {
  vi.advanceTimersByTime(4000);
  expect([asked, killed]).toEqual([1, []]);
  vi.advanceTimersByTime(500);
  expect([asked, killed]).toEqual([1, ["it did not respond for 4 s"]]);
});

test("a worker that sends something now and then is not", () => {
  for (let count = 0; count < 10; count += 1) {
    vi.advanceTimersByTime(3500);
    worker.silentTicks = 0;
  }
  expect([asked, killed]).toEqual([10, []]);
});

test("a worker that does not listen yet has 30 s", () => {
  Object.assign(worker, { url: undefined });
  vi.advanceTimersByTime(30_000);
  expect(killed).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(killed).toEqual(["it did not respond for 30 s"]);
});

test("the time that the primary itself was suspended does not count", () => {
  vi.advanceTimersByTime(1000);
  // As after SIGCONT: however long it was, one tick is due.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(500);
  expect(killed).toEqual([]);
});
