import { expect, test } from "vitest";
import type { Lock, LockStore } from "../../tokens/lock.ts";
import { PeerLocks, type LockVersion } from "./peer-locks.ts";

function lockOf(id: string, createdAt: number, more: Partial<Lock> = {}): Lock {
  return { id, subject: "user", value: id, message: undefined, createdAt, ...more };
}

function versionOf(id: string, version: number, more?: Partial<Lock>): LockVersion {
  return { id, version, lock: lockOf(id, version, more) };
}

function lifted(id: string, version: number): LockVersion {
  return { id, version, lock: undefined };
}

/** What a gateway keeps; `fail` has its writes fail. */
class FakeStore implements LockStore {
  readonly kept = new Map<string, Lock>();
  fail = false;
  /** What a removal waits for. */
  removing: Promise<void> | undefined;
  #listener: () => void = () => {};

  locks(): readonly Lock[] {
    return [...this.kept.values()];
  }

  async putLock(lock: Lock): Promise<void> {
    if (this.fail) throw new Error("disk full");
    this.kept.set(lock.id, lock);
  }

  async removeLock(id: string): Promise<void> {
    await this.removing;
    if (this.fail) throw new Error("disk full");
    this.kept.delete(id);
  }

  onLocksChanged(listener: () => void): void {
    this.#listener = listener;
  }

  /** Another process has written. */
  changed(): void {
    this.#listener();
  }
}

function make(maxLifted?: number, maxLocks?: number): { locks: PeerLocks; store: FakeStore; told: () => number } {
  const store = new FakeStore();
  let told = 0;
  const locks = new PeerLocks({
    store,
    ...(maxLifted !== undefined && { maxLifted }),
    ...(maxLocks !== undefined && { maxLocks }),
  });
  locks.onLocksChanged(() => {
    told += 1;
  });
  return { locks, store, told: () => told };
}

const ids = (locks: PeerLocks): readonly string[] => locks.locks().map(({ id }) => id);

test.each<[string, LockVersion, LockVersion, boolean]>([
  ["a later lock", versionOf("a", 1), versionOf("a", 2), true],
  ["an earlier lock", versionOf("a", 2), versionOf("a", 1, { message: "old" }), true],
  ["that it was lifted later", versionOf("a", 1), lifted("a", 2), false],
  ["that it was lifted earlier", versionOf("a", 2), lifted("a", 1), true],
  ["a lock of the instant at which it was lifted", lifted("a", 1), versionOf("a", 1), true],
  ["that it was lifted at the instant of the lock", versionOf("a", 1), lifted("a", 1), true],
])("%s counts in whichever order it is learned", async (_what, one, other, isLocked) => {
  const [first, second] = [make(), make()];
  await first.locks.learn([one]);
  await first.locks.learn([other]);
  await second.locks.learn([other, one]);
  for (const { locks, store } of [first, second]) {
    expect([ids(locks), [...store.kept.keys()]]).toEqual(isLocked ? [["a"], ["a"]] : [[], []]);
  }
  expect(first.locks.digest).toBe(second.locks.digest);
  expect(first.locks.locks()[0]?.message).toBeUndefined();
});

test("what is known of the end of a lock is kept, in whatever order it is told", async () => {
  const { locks } = make();
  await locks.learn([versionOf("a", 1, { expiresAt: 9 })]);
  await locks.learn([versionOf("a", 1)]);
  expect(locks.locks()[0]?.expiresAt).toBe(9);
});

test("a lock and its end count behind those of a gateway whose clock is ahead", async () => {
  const { locks, store, told } = make();
  const ahead = Date.now() + 3_600_000;
  await locks.learn([lifted("a", ahead)]);
  await locks.putLock(lockOf("a", Date.now()));
  expect([locks.find("a")?.version, store.kept.get("a")?.createdAt]).toEqual([ahead + 1, ahead + 1]);
  // The instant that was asked for is another one now.
  expect(told()).toBe(2);
  await locks.removeLock("a");
  expect([locks.find("a"), store.kept.size]).toEqual([lifted("a", ahead + 2), 0]);
});

test("what was learned is in force while it cannot be written, and written later", async () => {
  const { locks, store, told } = make();
  store.fail = true;
  await expect(locks.learn([versionOf("a", 1)])).rejects.toThrow("disk full");
  expect([ids(locks), told()]).toEqual([["a"], 1]);
  // That another process writes something else does not lift it.
  store.changed();
  expect(ids(locks)).toEqual(["a"]);
  store.fail = false;
  await locks.learn([]);
  expect([...store.kept.keys()]).toEqual(["a"]);
});

test("a lock that cannot be removed stays in force", async () => {
  const { locks, store } = make();
  await locks.putLock(lockOf("a", 1));
  store.fail = true;
  await expect(locks.removeLock("a")).rejects.toThrow("disk full");
  expect(ids(locks)).toEqual(["a"]);
});

test("what is locked again while it is being lifted stays locked", async () => {
  const { locks, store } = make();
  const now = Date.now();
  await locks.putLock(lockOf("a", now));
  const { promise, resolve } = Promise.withResolvers<void>();
  store.removing = promise;
  const lifting = locks.removeLock("a");
  const again = locks.putLock(lockOf("a", now + 1, { message: "again" }));
  resolve();
  await Promise.all([lifting, again]);
  expect(locks.locks()).toMatchObject([{ message: "again" }]);
});

test("what another process writes into the store is taken over", async () => {
  const { locks, store, told } = make();
  store.kept.set("a", lockOf("a", 1));
  store.changed();
  expect([ids(locks), told()]).toEqual([["a"], 1]);
  store.kept.delete("a");
  store.changed();
  expect([ids(locks), told()]).toEqual([[], 2]);
  expect(locks.find("a")?.lock).toBeUndefined();
});

test("of the lifted locks the oldest is forgotten, which can bring a lock back but lifts none", async () => {
  const { locks } = make(2);
  await locks.learn([lifted("a", 1), lifted("b", 2), lifted("c", 3), versionOf("d", 1)]);
  expect([locks.find("a"), locks.find("b")?.version, ids(locks)]).toEqual([undefined, 2, ["d"]]);
});

test("a peer that has more locks than there may be is not followed any further", async () => {
  const { locks, told } = make(1, 2);
  const all = Array.from({ length: 9 }, (_, index) => versionOf(`${index}`, 1));
  await expect(locks.learn(all)).rejects.toThrow("6 of its locks are more than the 2 that there may be");
  expect([ids(locks), told()]).toEqual([["0", "1", "2"], 1]);
  // What is known goes on to change.
  await locks.learn([lifted("0", 2)]);
  expect(ids(locks)).toEqual(["1", "2"]);
});

test("pages have every lock once", async () => {
  const { locks } = make();
  await locks.learn(Array.from({ length: 7 }, (_, index) => versionOf(`${index}`, 1)));
  const seen: string[] = [];
  let after: string | null = "";
  while (after !== null) {
    const page: ReturnType<PeerLocks["page"]> = locks.page(after, 3);
    seen.push(...page.locks.map(({ id }) => id));
    after = page.next;
  }
  expect(seen).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
});
