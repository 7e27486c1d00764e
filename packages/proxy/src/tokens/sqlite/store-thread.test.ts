import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { FileLock } from "../../../test/support/file-lock.ts";
import { StoreThread } from "./store-thread.ts";

test("a thread that cannot open the file fails its calls, and another takes its place a second later", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-thread-"));
  vi.useFakeTimers({ toFake: ["performance"] });
  // A folder is no file to open.
  const path = join(folder, "tokens.db");
  const thread = new StoreThread(join(path, ".."));
  await expect(thread.call("byId", "any")).rejects.toThrow(/^the token store failed: /);
  await expect(thread.checkHealth()).rejects.toThrow(/^the token store failed: /);
  await rm(folder, { recursive: true });
  vi.advanceTimersByTime(1000);
  expect(await thread.call("byId", "any")).toBeUndefined();
  await thread.checkHealth();
  vi.useRealTimers();
  await thread.close();
  await expect(thread.call("byId", "any")).rejects.toThrow("the token store failed: the store is closed");
  await rm(folder, { recursive: true, force: true });
});

test("no more than 4,096 calls wait", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-thread-"));
  const thread = new StoreThread(join(folder, "tokens.db"));
  const calls = Array.from({ length: 5000 }, async () => await thread.call("byId", "any"));
  const settled = await Promise.allSettled(calls);
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(4096);
  expect(settled.at(-1)).toMatchObject({ reason: { message: "the token store failed: too many calls are waiting" } });
  await thread.close();
  await rm(folder, { recursive: true });
});

test("a lock is no fault, but a call that is not answered for long is one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-thread-"));
  const path = join(folder, "tokens.db");
  const thread = new StoreThread(path, 60_000);
  await thread.call("byId", "any");
  await using lock = await FileLock.take(path, "writers");
  await thread.checkHealth();
  vi.useFakeTimers({ toFake: ["performance"] });
  const call = thread.call("purge", Date.now());
  vi.advanceTimersByTime(5000);
  await thread.checkHealth();
  vi.advanceTimersByTime(2000);
  await expect(thread.checkHealth()).rejects.toThrow("the token store failed: the disk does not answer");
  vi.useRealTimers();
  await lock.release();
  await call;
  await thread.checkHealth();
  await thread.close();
  await rm(folder, { recursive: true });
});

test("a lock makes the calls that wait behind each other fail together, and not one after the other", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-thread-"));
  const path = join(folder, "tokens.db");
  const thread = new StoreThread(path, 500);
  await thread.call("byId", "any");
  await using lock = await FileLock.take(path, "writers");
  const start = performance.now();
  const calls = Array.from({ length: 40 }, async () => await thread.call("purge", Date.now()));
  const settled = await Promise.allSettled(calls);
  // One after the other they would take 20 s.
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(new Set(settled.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  await lock.release();
  await thread.call("purge", Date.now());
  await thread.close();
  await rm(folder, { recursive: true });
});
