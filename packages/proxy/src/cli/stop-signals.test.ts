import { afterEach, expect, test, vi } from "vitest";
import { drainOnStopSignals, noteStopSignals } from "./stop-signals.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the time that a start has to stop ends with the start: the drain that follows has its own", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  const on = vi.spyOn(process, "on").mockReturnThis();
  noteStopSignals();
  const [, onSignal] = on.mock.calls.find(([name]) => String(name) === "SIGTERM") as unknown as [string, () => void];
  onSignal();
  vi.advanceTimersByTime(4999);
  const stop = vi.fn<(drainMs?: number) => void>();
  drainOnStopSignals(stop);
  expect(stop.mock.calls).toEqual([[0]]);
  vi.advanceTimersByTime(10_000);
  expect(exit).not.toHaveBeenCalled();
});
