import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import type { Lock } from "../tokens/lock.ts";
import { Locker } from "./locker.ts";

const MEMBERS = { unavailable: [], replaced: [] };

interface State {
  fails: boolean;
  /** Nothing is removed, and the store does not say so. */
  hangs?: boolean;
  /** When the sessions of a locked token say that it expires. */
  expiresAt?: number;
}

/** A store that can be made to fail, and what reached the processes. */
function make(): { locker: Locker; told: string[]; stored: Map<string, Lock>; state: State } {
  const told: string[] = [];
  const stored = new Map<string, Lock>();
  const state: State = { fails: false };
  const check = (): void => {
    if (state.fails) throw new Error("the disk is full");
  };
  const locker = new Locker({
    store: {
      locks: () => [...stored.values()],
      putLock: async (lock) => {
        check();
        stored.set(lock.id, lock);
      },
      removeLock: async (id) => {
        check();
        if (state.hangs === true) await new Promise<never>(() => {});
        stored.delete(id);
      },
    },
    control: {
      lock: async ({ value }) => {
        told.push(`lock ${value}`);
        return { ended: 1, expiresAt: state.expiresAt, ...MEMBERS };
      },
      unlock: async () => {
        told.push("unlock");
        return MEMBERS;
      },
    },
    log: createLogger("silent"),
  });
  return { locker, told, stored, state };
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
