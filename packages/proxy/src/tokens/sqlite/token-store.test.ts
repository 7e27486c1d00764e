import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { FileLock } from "../../../test/support/file-lock.ts";
import { describeTokenStore } from "../../../test/tokens/contract-suite.ts";
import { sha256 } from "../../sha256.ts";
import { SqliteTokenStore } from "./token-store.ts";
import type { TokenRequest } from "../store.ts";

const request: TokenRequest = { type: "vnc", endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 }, ttlMs: 60_000 };
const DAY = 24 * 60 * 60 * 1000;

let folder: string;
let path: string;
const stores: SqliteTokenStore[] = [];
function open(): SqliteTokenStore {
  const store = new SqliteTokenStore(path);
  stores.push(store);
  return store;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-tokens-"));
  path = join(folder, "state", "tokens.db");
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true });
});

describeTokenStore("a store in a file", async () => ({
  store: open(),
  reopen: async () => open(),
  [Symbol.asyncDispose]: async () => {},
}));

describeTokenStore("a store in memory", async () => {
  const store = new SqliteTokenStore(":memory:");
  return { store, [Symbol.asyncDispose]: () => store.close() };
});

test("only the SHA-256 of a token is in the files", async () => {
  const store = open();
  const { token } = await store.issue(request);
  const files = await readdir(join(folder, "state"));
  const contents = Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, "state", file)))));
  expect(contents.includes(token)).toBe(false);
  expect(contents.includes(Buffer.from(token, "base64url"))).toBe(false);
  expect(contents.includes(sha256(token))).toBe(true);
});

test("the folder is created, for its owner only", async () => {
  open();
  expect((await stat(join(folder, "state"))).mode & 0o777).toBe(0o700);
});

test("two stores share one file, at once and after each other", async () => {
  const [one, other] = [open(), open()];
  const { token, record } = await one.issue(request);
  expect(await other.resolve(token)).toEqual(record);
  await other.revoke(record.tokenId);
  expect(await one.resolve(token)).toBeUndefined();
  const later = await other.issue(request);
  await Promise.all([one.close(), other.close()]);
  expect(await open().resolve(later.token)).toEqual(later.record);
});

test("an expired token still resolves, so that the gateway can say that it has expired, until it is purged", async () => {
  vi.useFakeTimers({ toFake: ["Date", "hrtime"] });
  const store = open();
  const { token, record } = await store.issue(request);
  vi.setSystemTime(record.expiresAt + 1);
  expect(await store.resolve(token)).toEqual(record);
  vi.setSystemTime(record.expiresAt + DAY - 1000);
  await store.issue(request);
  expect(await store.resolve(token)).toEqual(record);
  vi.setSystemTime(record.expiresAt + DAY + 1000);
  await store.issue(request);
  await expect.poll(async () => await store.resolve(token)).toBeUndefined();
});

test("the list has those that are neither expired nor revoked, newest first", async () => {
  vi.useFakeTimers({ toFake: ["Date", "hrtime"] });
  const store = open();
  const short = await store.issue({ ...request, ttlMs: 1000 });
  vi.setSystemTime(short.record.createdAt + 10);
  const revoked = await store.issue(request);
  const kept = await store.issue(request);
  vi.setSystemTime(short.record.createdAt + 20);
  const newest = await store.issue(request);
  await store.revoke(revoked.record.tokenId);
  expect((await store.list()).tokens).toEqual([newest.record, kept.record, short.record]);
  vi.setSystemTime(short.record.expiresAt);
  expect((await store.list()).tokens).toEqual([newest.record, kept.record]);
});

test("a file that is no database is refused with its path", async () => {
  path = join(folder, "notes.txt");
  await writeFile(path, "not a database, but long enough to be looked at as one ".repeat(20));
  expect(() => open()).toThrow(path);
});

test("first uses survive a restart", async () => {
  const store = open();
  expect(await store.firstUse(sha256("foreign"), 1000)).toBe(1000);
  await store.close();
  expect(await open().firstUse(sha256("foreign"), 5000)).toBe(1000);
});

test("a store that is closed is not healthy", async () => {
  const store = open();
  await store.health();
  await store.close();
  await expect(store.health()).rejects.toThrow("the token store failed: the store is closed");
});

describe.runIf(process.platform === "linux")("a wall clock that is set back", () => {
  test("gives a token no more time, in this process or another", async () => {
    const { token, record } = await open().issue(request);
    expect((await open().resolve(token))?.expiresAt).toBe(record.expiresAt);
    setBack(3_600_000);
    // The file is read by another connection, as in another process.
    const left = ((await open().resolve(token))?.expiresAt ?? 0) - Date.now();
    expect(left).toBeLessThanOrEqual(60_002);
    expect(left).toBeGreaterThan(0);
  });

  test("does not open an expired one again, which no process has looked up", async () => {
    const { token } = await open().issue({ ...request, ttlMs: 1 });
    await delay(10);
    setBack(3_600_000);
    expect((await open().resolve(token))?.expiresAt).toBeLessThan(Date.now());
  });

  function setBack(ms: number): void {
    const { now } = Date;
    const spy = vi.spyOn(Date, "now").mockImplementation(() => now.call(Date) - ms);
    onTestFinished(() => spy.mockRestore());
  }
});

test("lookups write nothing, not even to shared memory, so that they do not wait for a disk that hangs", async () => {
  const store = open();
  const sharedMemory = async () => await readFile(`${path}-shm`);
  const { token, record } = await store.issue(request);
  const issued = await sharedMemory();
  expect(await store.resolve(token)).toEqual(record);
  expect((await sharedMemory()).equals(issued)).toBe(true);
  await store.firstUse(sha256("foreign"), 1000);
  const used = await sharedMemory();
  expect(used.equals(issued)).toBe(false);
  expect(await store.resolve(token)).toEqual(record);
  expect((await sharedMemory()).equals(used)).toBe(true);
});

describe("another process that locks the file", () => {
  const lookups = async (store: SqliteTokenStore, token: string): Promise<void> => {
    expect(await store.resolve(token)).toBeDefined();
    await store.health();
  };

  test.each(["issue", "revoke", "first use"])("does not stop the event loop while %s waits for it", async (what) => {
    const store = open();
    const { token, record } = await store.issue(request);
    await using lock = await FileLock.take(path, "writers");
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      issue: async () => await store.issue(request),
      revoke: async () => await store.revoke(record.tokenId),
      "first use": async () => await store.firstUse(sha256("foreign"), 1000),
    };
    let isDone = false;
    const done = calls[what]?.().then(() => (isDone = true));
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(isDone).toBe(false);
    // What only reads does not wait at all.
    await lookups(store, token);
    await lock.release();
    await done;
    expect(isDone).toBe(true);
  });

  test("that keeps readers out, too, is waited for when the store is opened", async () => {
    const { token, record } = await open().issue(request);
    await Promise.all(stores.splice(0).map((each) => each.close()));
    const lock = await FileLock.take(path, "everybody");
    const released = lock.release();
    const store = open();
    await released;
    expect(await store.resolve(token)).toEqual(record);
  });

  test("for too long makes the call fail, and the next one succeeds once it is gone", async () => {
    const store = open();
    const { record } = await store.issue(request);
    await using lock = await FileLock.take(path, "writers");
    await expect(store.revoke(record.tokenId)).rejects.toThrow("the token store failed: database is locked");
    await lock.release();
    expect((await store.revoke(record.tokenId))?.revokedAt).toBeDefined();
  });
});

test("each token that is issued has some of those removed that expired a day ago, and never all at once", async () => {
  vi.useFakeTimers({ toFake: ["Date", "hrtime"] });
  const store = open();
  const issued = Array.from({ length: 500 }, async () => await store.issue({ ...request, ttlMs: 1 }));
  const tokens = await Promise.all(issued);
  const left = async (): Promise<number> => {
    const found = await Promise.all(tokens.map(async ({ token }) => await store.find(token)));
    return found.filter((record) => record !== undefined).length;
  };
  vi.setSystemTime(Date.now() + DAY + 1000);
  for (const expected of [300, 100, 0]) {
    await store.issue(request);
    await expect.poll(left).toBe(expected);
  }
});

test("the files can be read by their owner only, those of before too", async () => {
  await mkdir(join(folder, "state"));
  await writeFile(path, "", { mode: 0o644 });
  const first = open();
  await first.issue(request);
  const modes = async (): Promise<readonly number[]> => {
    const files = await readdir(join(folder, "state"));
    return await Promise.all(files.map(async (file) => (await stat(join(folder, "state", file))).mode & 0o777));
  };
  expect(await modes()).toEqual([0o600, 0o600, 0o600]);
  for (const end of ["", "-wal", "-shm"]) await chmod(path + end, 0o644);
  await open().issue(request);
  expect(await modes()).toEqual([0o600, 0o600, 0o600]);
});

test.skipIf(process.platform === "win32")("what is no database is refused, and keeps its rights", async () => {
  await mkdir(join(folder, "state"));
  const mode = async (): Promise<number> => (await stat(path)).mode & 0o777;
  await writeFile(path, "The text of another program, longer than the header of a database. ".repeat(3), {
    mode: 0o644,
  });
  expect(open).toThrow("file is not a database");
  expect(await mode()).toBe(0o644);
  await rm(path);
  execFileSync("mkfifo", ["-m", "644", path]);
  expect(open).toThrow("it is no regular file");
  expect(await mode()).toBe(0o644);
});

test("a store tells of revocations by others, whatever they are called with", async () => {
  const [one, other] = [open(), open()];
  const before = await one.issue(request);
  await other.revoke(before.record.tokenId);
  const told: string[] = [];
  one.onRevoked((tokenId) => told.push(tokenId));
  const issued = await Promise.all(Array.from({ length: 120 }, async () => await other.issue(request)));
  for (const { record } of issued) await other.revoke(record.tokenId);
  await expect.poll(() => told).toEqual(issued.map(({ record }) => record.tokenId));
  await one.health();
  // However they were made: by an earlier version, or by hand.
  const byHand = await one.issue(request);
  const db = new DatabaseSync(path, { timeout: 5000 });
  db.prepare("UPDATE grants SET revoked_at = 1 WHERE id = ?").run(byHand.record.tokenId);
  db.close();
  await expect.poll(() => told.at(-1)).toBe(byHand.record.tokenId);
  expect(told).toHaveLength(issued.length + 1);
});
