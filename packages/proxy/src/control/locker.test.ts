import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import type { Lock } from "../tokens/lock.ts";
import { Locker } from "./locker.ts";

const MEMBERS = { unavailable: [], replaced: [] };

interface State {
  fails: boolean;
  /** Nothing is removed, and the store does not say so. */
  hangs?: boolean;
  /** What a removal waits for once it is made. */
  removed?: Promise<void>;
  /** What the store does before it does anything else. */
  queue?: Promise<void>;
  /** What the answer of the processes to a lock waits for. */
  locked?: Promise<void>;
  /** Called when a lock was written. */
  written?: () => void;
  /** When the sessions of a locked token say that it expires. */
  expiresAt?: number;
}

interface Made {
  readonly locker: Locker;
  /** What reached the processes. */
  readonly told: string[];
  readonly stored: Map<string, Lock>;
  readonly state: State;
  /** Says that these may have changed in the store. */
  readonly changed: (...ids: readonly string[]) => void;
}

/** A locker with a store that can be made to fail. */
function make(): Made {
  const told: string[] = [];
  let listener: (ids?: readonly string[]) => void = () => {};
  const stored = new Map<string, Lock>();
  const state: State = { fails: false };
  const check = (): void => {
    if (state.fails) throw new Error("the disk is full");
  };
  const locker = new Locker({
    store: {
      locks: () => [...stored.values()],
      putLock: async (lock) => {
        await state.queue;
        check();
        stored.set(lock.id, lock);
        state.written?.();
      },
      removeLock: async (id) => {
        await state.queue;
        check();
        if (state.hangs === true) await new Promise<never>(() => {});
        stored.delete(id);
        await state.removed;
      },
      onLocksChanged: (added) => {
        listener = added;
      },
    },
    control: {
      lock: async ({ value }) => {
        told.push(`lock ${value}`);
        await state.locked;
        return { ended: 1, expiresAt: state.expiresAt, ...MEMBERS };
      },
      unlock: async () => {
        told.push("unlock");
        return MEMBERS;
      },
    },
    log: createLogger("silent"),
  });
  return { locker, told, stored, state, changed: (...ids) => listener(ids) };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => vi.useRealTimers());

test("a lock that the store cannot write is in force, not healthy, and written later", async () => {
  const { locker, told, stored, state } = make();
  state.fails = true;
  expect(await locker.lock({ subject: "user", value: "alice" })).toMatchObject({
    ended: 1,
    unwritten: "the disk is full",
  });
  expect([told, stored.size]).toEqual([["lock alice"], 0]);
  await expect(locker.health()).rejects.toThrow("1 lock is not written");
  await vi.advanceTimersByTimeAsync(5000);
  expect(stored.size).toBe(0);
  state.fails = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect([...stored.values()]).toMatchObject([{ value: "alice" }]);
  await locker.health();
});

test("a lock that the store cannot remove stays in force", async () => {
  const { locker, told, state } = make();
  const { lock } = await locker.lock({ subject: "instance", value: "vm-1" });
  state.fails = true;
  await expect(locker.lift(lock.id)).rejects.toThrow("the disk is full");
  expect(locker.all).toEqual([lock]);
  state.fails = false;
  expect(await locker.lift(lock.id)).toMatchObject({ lock });
  expect(told).toEqual(["lock vm-1", "unlock"]);
  expect(await locker.lift(lock.id)).toBeUndefined();
});

test("what is locked again while it is being lifted stays locked", async () => {
  const { locker, told, stored, state } = make();
  const { lock } = await locker.lock({ subject: "user", value: "alice" });
  const { promise, resolve } = Promise.withResolvers<void>();
  state.removed = promise;
  const lifting = locker.lift(lock.id);
  const again = await locker.lock({ subject: "user", value: "alice", message: "again" });
  resolve();
  expect(await lifting).toEqual({ lock, unavailable: [], replaced: [] });
  expect(locker.all).toEqual([again.lock]);
  expect([...stored.values()]).toEqual([again.lock]);
  expect(told).toEqual(["lock alice", "lock alice"]);
  // In one millisecond, too, they can be told apart.
  expect(again.lock.createdAt).toBeGreaterThan(lock.createdAt);
});

test("what a lock's sessions tell of its token does not bring it back while it is being lifted", async () => {
  const { locker, stored, state } = make();
  state.expiresAt = Date.now() + 60_000;
  const [told, queue] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  state.locked = told.promise;
  const locking = locker.lock({ subject: "token", value: "one" });
  await vi.waitFor(() => expect(stored.size).toBe(1));
  state.queue = queue.promise;
  const lifting = locker.lift(locker.all[0]?.id ?? "");
  told.resolve();
  await vi.advanceTimersByTimeAsync(0);
  queue.resolve();
  await Promise.all([locking, lifting]);
  expect([locker.all, stored.size]).toEqual([[], 0]);
});

test("what may have changed in the store is brought to what it has, whatever other gateways have told", async () => {
  const { locker, told, stored, changed } = make();
  const { lock } = await locker.lock({ subject: "user", value: "alice" });
  told.length = 0;
  changed("another");
  expect(told).toEqual(["unlock"]);
  changed(lock.id);
  expect(told).toEqual(["unlock", "lock alice"]);
  stored.clear();
  changed(lock.id);
  expect([told.at(-1), locker.all]).toEqual(["unlock", []]);
});

test("one that another gateway has lifted when it is known to be written is not in force", async () => {
  const { locker, told, stored, state } = make();
  state.written = () => stored.clear();
  await locker.lock({ subject: "user", value: "alice" });
  expect([told, locker.all]).toEqual([["lock alice", "unlock"], []]);
});

test("one that was not written when the gateway stops is written then", async () => {
  const { locker, stored, state } = make();
  state.fails = true;
  await locker.lock({ subject: "user", value: "alice" });
  state.fails = false;
  await locker.close();
  expect(stored.size).toBe(1);
});

test("there are at most a thousand locks, which can be changed", async () => {
  const { locker } = make();
  for (let number = 0; number < 1000; number += 1) await locker.lock({ subject: "user", value: `user ${number}` });
  await expect(locker.lock({ subject: "user", value: "alice" })).rejects.toThrow("there are 1000 locks");
  await locker.lock({ subject: "user", value: "user 7", message: "again" });
  expect(locker.all).toHaveLength(1000);
});

test("the lock of a token is written with its expiry, and lifted a day after that", async () => {
  const { locker, told, stored, state } = make();
  const now = Date.now();
  vi.setSystemTime(now);
  state.expiresAt = now + 60_000;
  const { lock } = await locker.lock({ subject: "token", value: "one" });
  expect(lock.expiresAt).toBe(now + 60_000);
  expect([...stored.values()]).toEqual([lock]);
  delete state.expiresAt;
  vi.setSystemTime(now + 60_000 + 86_400_000);
  await locker.lock({ subject: "token", value: "two" });
  expect(locker.all.map(({ value }) => value)).toEqual(["one", "two"]);
  vi.setSystemTime(now + 60_001 + 86_400_000);
  await locker.lock({ subject: "token", value: "three" });
  expect([...stored.values()].map(({ value }) => value)).toEqual(["two", "three"]);
  expect(told).toContain("unlock");
});

test("a lock is in force at once although the store cannot lift those of expired tokens", async () => {
  const { locker, told, state } = make();
  state.expiresAt = Date.now() + 1000;
  for (const value of ["one", "two"]) await locker.lock({ subject: "token", value });
  delete state.expiresAt;
  vi.setSystemTime(Date.now() + 86_402_000);
  state.hangs = true;
  expect(await locker.lock({ subject: "user", value: "alice" })).toMatchObject({ ended: 1, unwritten: undefined });
  expect(told.at(-1)).toBe("lock alice");
  await locker.lock({ subject: "user", value: "bob" });
  expect(locker.all.map(({ value }) => value)).toEqual(["one", "two", "alice", "bob"]);
});

test("tokens have a limit of their own, so that they leave room for other locks", async () => {
  const { locker } = make();
  for (let number = 0; number < 1000; number += 1) await locker.lock({ subject: "token", value: `token ${number}` });
  await expect(locker.lock({ subject: "token", value: "another" })).rejects.toThrow("there are 1000 locks");
  expect(await locker.lock({ subject: "user", value: "alice" })).toMatchObject({ ended: 1 });
});

test("those of tokens that expired long ago make room", async () => {
  const { locker, state } = make();
  state.expiresAt = Date.now() + 1000;
  for (let number = 0; number < 1000; number += 1) await locker.lock({ subject: "token", value: `token ${number}` });
  delete state.expiresAt;
  vi.setSystemTime(Date.now() + 86_402_000);
  await locker.lock({ subject: "token", value: "another" });
  expect(locker.all.map(({ value }) => value)).toEqual(["another"]);
});
