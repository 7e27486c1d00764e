import type { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { trimAll } from "./trim.ts";

afterEach(() => void vi.useRealTimers());

test("what is old is removed for as long as there is more, in a tenth of the time, however long each part takes", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const parts = [5, 200, 5];
  const left = [...parts];
  const pauses: unknown[] = [];
  const trim = async (): Promise<boolean> => {
    vi.advanceTimersByTime(left.shift() ?? 0);
    return left.length > 0;
  };
  const pause = async (ms: unknown): Promise<void> => void pauses.push(ms);
  await trimAll({ trim }, new AbortController().signal, pause as typeof sleep);
  expect([left, pauses]).toEqual([[], [45, 1800]]);
});

test("nothing more is removed once the connection is closed, or after a fault", async () => {
  const closed = new AbortController();
  const trim = vi.fn<() => Promise<boolean>>(async () => {
    closed.abort(new Error("closed"));
    return true;
  });
  await expect(trimAll({ trim }, closed.signal)).rejects.toThrow("aborted");
  trim.mockRejectedValue(new Error("a fault"));
  await expect(trimAll({ trim }, closed.signal)).rejects.toThrow("a fault");
  expect(trim).toHaveBeenCalledTimes(2);
});
