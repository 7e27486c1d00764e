import { expect, test, vi } from "vitest";
import type { LogEntry, StoreSession } from "../../cluster-store/session.ts";
import { LogFollower } from "./log.ts";

test("what is asked after a long time is answered at once: at the start, and where an answer came late", async () => {
  let now = 0;
  using _ = vi.spyOn(performance, "now").mockImplementation(() => now);
  const took = [3, 1001, 1500, 3, 1002];
  const waits: number[] = [];
  const contacts: number[] = [];
  const store = reader(async (waitMs) => {
    waits.push(waitMs);
    const ms = took.shift();
    if (ms === undefined) throw new Error("closed");
    now += ms;
    return [];
  });
  const following = new LogFollower().follow(store, { onEntries: never, onGap: never }, (askedAt) => {
    contacts.push(askedAt);
  });
  await expect(following).rejects.toThrow("closed");
  expect(waits).toEqual([0, 1000, 1000, 0, 1000, 1000]);
  expect(contacts).toEqual([0, 3, 1004, 2504, 2507]);
});

function reader(read: (waitMs: number) => Promise<readonly LogEntry[]>): StoreSession {
  const log = { read: async (_position: string, waitMs: number) => await read(waitMs) };
  return { log } as Partial<StoreSession> as StoreSession;
}

async function never(): Promise<void> {
  throw new Error("there is no entry");
}
