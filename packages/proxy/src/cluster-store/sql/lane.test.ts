import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { Row } from "../../database/driver.ts";
import { Lane } from "./lane.ts";
import { POSTGRESQL_DIALECT } from "./postgresql-dialect.ts";

afterEach(() => void vi.useRealTimers());

/** A connection that answers as `answer` does, and what it was asked. */
class FakeConnection {
  readonly asked: string[] = [];
  readonly lost: unknown[] = [];
  readonly closed = new AbortController();
  readonly lane: Lane;

  constructor(answer: (sql: string) => Promise<number> | number) {
    const execute = async (sql: string): Promise<number> => {
      this.asked.push(sql);
      return await answer(sql);
    };
    const query = async (sql: string): Promise<readonly Row[]> => [{ count: await execute(sql) }];
    const nothing = (): void => {};
    const connection = { execute, query, onNotification: nothing, release: nothing, destroy: nothing };
    this.lane = new Lane({
      connection,
      dialect: POSTGRESQL_DIALECT,
      isLost: (error) => (error as Error).message === "lost",
      onLost: (error) => this.lost.push(error),
      closed: this.closed.signal,
    });
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`error ${code}`), { code });
}

test("one thing is done after the other, and one that fails holds up nothing", async () => {
  const { lane, asked, lost } = new FakeConnection((sql) => (sql === "bad" ? Promise.reject(failure("22012")) : 1));
  const done = await Promise.allSettled([
    lane.transaction(async (statements) => await statements.execute("a", [])),
    lane.execute("bad"),
    lane.query("b"),
  ]);
  expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(asked).toEqual(["START TRANSACTION", "a", "COMMIT", "bad", "b"]);
  expect(lost).toEqual([]);
});

test("a transaction that loses against others is tried again, but not for ever; one that fails otherwise is not", async () => {
  let conflicts = 2;
  const { lane, asked } = new FakeConnection((sql) => {
    if (sql === "other") throw failure("22012");
    if (sql === "a" && (conflicts -= 1) >= 0) throw failure("40P01");
    return 1;
  });
  const write = async (sql: string): Promise<unknown> =>
    await lane.transaction(async (statements) => await statements.execute(sql, []));
  expect(await write("a")).toBe(1);
  expect(asked.filter((sql) => sql === "a")).toHaveLength(3);
  expect(asked.filter((sql) => sql === "ROLLBACK")).toHaveLength(2);
  conflicts = Infinity;
  await expect(write("a")).rejects.toThrow("40P01");
  expect(asked.filter((sql) => sql === "a")).toHaveLength(9);
  await expect(write("other")).rejects.toThrow("22012");
  expect(asked.filter((sql) => sql === "other")).toHaveLength(1);
});

test("a statement of its own that loses against others is tried again, but not for ever", async () => {
  let conflicts = 2;
  const { lane, asked, lost } = new FakeConnection(() => {
    if ((conflicts -= 1) >= 0) throw failure("40P01");
    return 1;
  });
  expect(await lane.execute("a")).toBe(1);
  conflicts = Infinity;
  await expect(lane.query("b")).rejects.toThrow("40P01");
  expect([asked.join(""), lost]).toEqual(["aaabbbbbb", []]);
});

test("a connection that breaks, or cannot end a transaction, is lost; what waits for one that is closed fails at once", async () => {
  const broken = new FakeConnection(() => Promise.reject(new Error("lost")));
  await expect(broken.lane.execute("a")).rejects.toThrow("lost");
  await expect(broken.lane.transaction(async () => 1)).rejects.toThrow("lost");
  expect(broken.lost).toHaveLength(2);
  const stuck = new FakeConnection((sql) => (sql === "ROLLBACK" ? Promise.reject(failure("0A000")) : 1));
  await expect(stuck.lane.transaction(async () => await Promise.reject(new Error("a fault")))).rejects.toThrow(
    "a fault",
  );
  expect(stuck.lost).toHaveLength(1);
  const silent = new FakeConnection(async () => await new Promise<number>(() => {}));
  const waiting = [silent.lane.execute("a"), silent.lane.execute("b")];
  silent.closed.abort(new Error("closed"));
  for (const each of waiting) await expect(each).rejects.toThrow("closed");
  await expect(silent.lane.execute("c")).rejects.toThrow("closed");
});

test("a connection that does not answer is lost, also within a transaction, and one that answers slowly is not", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const slow = Promise.withResolvers<number>();
  const { lane, asked, lost, closed } = new FakeConnection(async (sql) => {
    if (sql === "slow") return await slow.promise;
    return sql === "silent" ? await new Promise<number>(() => {}) : 1;
  });
  const answered = lane.execute("slow");
  await vi.waitUntil(() => asked.length === 1);
  vi.advanceTimersByTime(9000);
  slow.resolve(1);
  await answered;
  vi.advanceTimersByTime(60_000);
  expect(lost).toEqual([]);
  const silent = lane.transaction(async (statements) => await statements.execute("silent", []));
  await vi.waitUntil(() => asked.includes("silent"));
  vi.advanceTimersByTime(10_000);
  await setImmediate();
  expect(String(lost)).toContain("the database has not answered within 10000 ms");
  closed.abort(new Error("closed"));
  await expect(silent).rejects.toThrow("closed");
});

test("what has waited for so long that it is not needed any more is not begun, and not more than ten thousand things wait", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const first = Promise.withResolvers<number>();
  const { lane, asked } = new FakeConnection((sql) => (sql === "first" ? first.promise : 1));
  const slow = lane.execute("first");
  await vi.waitUntil(() => asked.length === 1);
  const late = lane.execute("late");
  vi.advanceTimersByTime(5001);
  const inTime = lane.execute("in time");
  const many = Array.from({ length: 9997 }, async () => await lane.execute("one of many"));
  await expect(lane.execute("one too many")).rejects.toThrow("10000 questions wait for the database already");
  first.resolve(1);
  await expect(late).rejects.toThrow("the database was busy for 5000 ms");
  await Promise.all([slow, inTime, ...many]);
  expect(asked.slice(0, 2)).toEqual(["first", "in time"]);
});
