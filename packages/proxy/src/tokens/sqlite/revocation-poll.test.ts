import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RevocationLog, RevocationPoll } from "./revocation-poll.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setImmediate"] }));
afterEach(() => vi.useRealTimers());

/** The log of a database that other gateways write to. */
class ScriptedLog implements RevocationLog {
  version = 1;
  readonly ids: string[] = [];
  reads = 0;
  isLocked = false;
  /** Of its tables, not of the file. */
  isBroken = false;

  dataVersion(): number {
    if (this.isLocked) throw new Error("database is locked");
    return this.version;
  }

  lastRevocation(): number {
    return this.ids.length;
  }

  revocationsAfter(number: number, limit: number): { number: number; token_id: string }[] {
    this.reads += 1;
    if (this.isBroken) throw new Error("disk I/O error");
    const behind = this.ids.slice(number, number + limit);
    return behind.map((id, index) => ({ number: number + index + 1, token_id: id }));
  }

  add(...ids: string[]): void {
    this.ids.push(...ids);
    this.version += 1;
  }
}

function start(log: ScriptedLog): { poll: RevocationPoll; told: string[] } {
  const told: string[] = [];
  return { poll: new RevocationPoll(log, (id) => told.push(id)), told };
}

test("what was revoked before is not told, what comes later is told within half a second, once", () => {
  const log = new ScriptedLog();
  log.add("before");
  const { told } = start(log);
  log.add("a", "b");
  vi.advanceTimersByTime(500);
  expect(told).toEqual(["a", "b"]);
  vi.advanceTimersByTime(5000);
  expect([told, log.reads]).toEqual([["a", "b"], 1]);
});

test("many are told 50 in a turn", () => {
  const log = new ScriptedLog();
  const { told } = start(log);
  log.add(...Array.from({ length: 120 }, (_, index) => String(index)));
  vi.advanceTimersByTime(500);
  expect(told).toHaveLength(50);
  vi.advanceTimersToNextTimer();
  expect(told).toHaveLength(100);
  vi.advanceTimersToNextTimer();
  expect(told).toEqual(log.ids);
});

test("a lock that lasts a moment is not reported, one that lasts longer is, until it is gone", () => {
  const log = new ScriptedLog();
  const { poll, told } = start(log);
  log.isLocked = true;
  vi.advanceTimersByTime(1000);
  poll.checkHealth();
  vi.advanceTimersByTime(500);
  expect(() => poll.checkHealth()).toThrow("revocations by other gateways are not seen");
  log.add("a");
  log.isLocked = false;
  vi.advanceTimersByTime(500);
  poll.checkHealth();
  expect(told).toEqual(["a"]);
});

test.each([true, false])("tables that cannot be read are reported, and read again: of revocations: %s", (isBroken) => {
  const log = new ScriptedLog();
  const told: string[] = [];
  let areOthersBroken = !isBroken;
  const onChanged = (): void => {
    if (areOthersBroken) throw new Error("disk I/O error");
    told.push("others");
  };
  const poll = new RevocationPoll(log, (id) => told.push(id), onChanged);
  log.isBroken = isBroken;
  log.add("a");
  vi.advanceTimersByTime(1500);
  expect(() => poll.checkHealth()).toThrow("revocations by other gateways are not seen");
  // What can be read is told.
  expect(told).toEqual(isBroken ? [] : ["a"]);
  log.isBroken = areOthersBroken = false;
  vi.advanceTimersByTime(500);
  poll.checkHealth();
  expect(told).toEqual(["a", "others"]);
});

test("nothing is told after the stop", () => {
  const log = new ScriptedLog();
  const { poll, told } = start(log);
  log.add(...Array.from({ length: 120 }, (_, index) => String(index)));
  vi.advanceTimersByTime(500);
  poll.stop();
  vi.advanceTimersByTime(5000);
  vi.runAllTimers();
  expect(told).toHaveLength(50);
});
