import { expect, onTestFinished, test, vi } from "vitest";
import { AuthenticationFailures } from "./authentication-failures.ts";
import { createLogger } from "./log.ts";

function make(): { failures: AuthenticationFailures; lines: Record<string, unknown>[]; pass: (ms: number) => void } {
  const lines: Record<string, unknown>[] = [];
  let now = 0;
  const log = createLogger("info", { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { failures: new AuthenticationFailures(log, () => now), lines, pass: (ms) => (now += ms) };
}

test("the first failure is logged, those after it together, once in ten seconds", () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { failures, lines } = make();
  failures.add("192.0.2.1");
  for (let count = 0; count < 501; count += 1) failures.add("192.0.2.2");
  expect(lines).toMatchObject([{ level: "warn", msg: "admin authentication failed", client: "192.0.2.1" }]);
  vi.advanceTimersByTime(10_000);
  expect(lines.slice(1)).toMatchObject([{ client: "192.0.2.2", more: 501 }]);
  expect(failures.count).toBe(502);
});

test("an address has 60 failures a minute, others have theirs", () => {
  const { failures, pass } = make();
  for (let count = 0; count < 60; count += 1) expect(failures.add("192.0.2.1")).toBeUndefined();
  pass(15_000);
  expect(failures.add("192.0.2.1")).toBe(45);
  expect(failures.add("192.0.2.2")).toBeUndefined();
  pass(45_000);
  expect(failures.add("192.0.2.1")).toBeUndefined();
});

test("beyond 1,000 addresses, further ones are counted as one", () => {
  const { failures } = make();
  for (let count = 0; count < 1000; count += 1) failures.add(`2001:db8::${count}`);
  for (let count = 0; count < 60; count += 1) expect(failures.add(`2001:db8:1::${count}`)).toBeUndefined();
  expect(failures.add("2001:db8:2::1")).toBe(60);
  expect(failures.add("2001:db8::1")).toBeUndefined();
});
