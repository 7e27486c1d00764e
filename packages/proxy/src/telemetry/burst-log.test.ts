import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BurstLog } from "./burst-log.ts";
import { createLogger } from "./log.ts";

const lines: Record<string, unknown>[] = [];
const log = createLogger("warn", {
  write: (line) => {
    const { msg, client, more } = JSON.parse(line) as Record<string, unknown>;
    lines.push({ msg, client, more });
  },
});

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("a burst is logged at its start and once a period, with the number of the others", () => {
  const bursts = new BurstLog(log, 1000);
  for (let count = 0; count < 5000; count += 1) bursts.write({ client: count }, "refused");
  expect(lines).toEqual([{ msg: "refused", client: 0 }]);
  vi.advanceTimersByTime(1000);
  expect(lines).toEqual([
    { msg: "refused", client: 0 },
    { msg: "refused", client: 4999, more: 4999 },
  ]);
  vi.advanceTimersByTime(5000);
  expect(lines).toHaveLength(2);
  bursts.write({ client: "next" }, "refused");
  expect(lines.at(-1)).toEqual({ msg: "refused", client: "next" });
});

test("kinds do not hide each other", () => {
  const bursts = new BurstLog(log, 1000);
  for (const kind of ["a", "b", "a"]) bursts.write({ client: kind }, "refused", { kind });
  expect(lines.map(({ client }) => client)).toEqual(["a", "b"]);
});

test("the first few are logged one by one where that is wanted, until a burst is over", () => {
  const bursts = new BurstLog(log, 1000);
  for (let count = 0; count < 5000; count += 1) bursts.write({ client: count }, "refused", { singly: 3 });
  vi.advanceTimersByTime(1000);
  expect(lines.map(({ client, more }) => [client, more])).toEqual([
    [0, undefined],
    [1, undefined],
    [2, undefined],
    [4999, 4997],
  ]);
  vi.advanceTimersByTime(1000);
  bursts.write({ client: "next" }, "refused", { singly: 3 });
  expect(lines.at(-1)).toEqual({ msg: "refused", client: "next" });
});
