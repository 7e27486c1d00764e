import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import type { Lock } from "../tokens/lock.ts";
import { Locker } from "./locker.ts";

const MEMBERS = { unavailable: [], replaced: [] };

/** A store that can be made to fail, and what reached the processes. */
function make(): { locker: Locker; told: string[]; stored: Map<string, Lock>; state: { fails: boolean } } {
  const told: string[] = [];
  const stored = new Map<string, Lock>();
  const state = { fails: false };
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
        stored.delete(id);
      },
    },
    control: {
      lock: async ({ value }) => {
        told.push(`lock ${value}`);
        return { ended: 1, ...MEMBERS };
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

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
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
