import { describeTokenSource, lookupContext } from "../../test/tokens/contract-suite.ts";
import { HOLD_MS } from "../cluster/peers/start-hold.ts";
import { sha256 } from "../sha256.ts";
import { SqliteTokenStore } from "../tokens/sqlite/token-store.ts";
import { expect, test, vi } from "vitest";
import type { PrimaryChannel } from "./messages.ts";
import { answersOf, remoteStore, withPeers } from "./remote-store.ts";

/** A channel to a primary in this process; messages become JSON on the way, as between processes. */
function channelTo(store: SqliteTokenStore): PrimaryChannel {
  const answers = answersOf(store) as Record<string, (request: unknown) => Promise<unknown>>;
  const ask = async (request: { type: string }): Promise<unknown> => {
    const answer = await answers[request.type]?.(JSON.parse(JSON.stringify(request)));
    return JSON.parse(JSON.stringify(answer)) as unknown;
  };
  return { ask } as unknown as PrimaryChannel;
}

describeTokenSource("a worker's view of the store in the primary", async () => {
  const store = new SqliteTokenStore(":memory:");
  const { token, record } = await store.issue({
    type: "vnc",
    endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 },
    ttlMs: 60_000,
  });
  const { type, endpoint, access, expiresAt } = record;
  // What is undefined does not survive JSON; for a grant that is the same.
  const grant = { type, endpoint, access, expiresAt } as never;
  return { source: remoteStore(channelTo(store)), known: { token, grant }, [Symbol.asyncDispose]: () => store.close() };
});

test("first uses are the primary's", async () => {
  const store = new SqliteTokenStore(":memory:");
  const [one, other] = [remoteStore(channelTo(store)), remoteStore(channelTo(store))];
  expect(await one.firstUse(sha256("a"), 1000)).toBe(1000);
  expect(await other.firstUse(sha256("a"), 2000)).toBe(1000);
  expect(await store.firstUse(sha256("a"), 3000)).toBe(1000);
  await store.close();
});

test("its health is that of the primary's store", async () => {
  const store = new SqliteTokenStore(":memory:");
  const remote = remoteStore(channelTo(store));
  await remote.health?.(AbortSignal.timeout(1000));
  store.health = async () => await Promise.reject(new Error("the store is away"));
  await expect(remote.health?.(AbortSignal.timeout(1000))).rejects.toThrow("the store is away");
  await store.close();
});

test("a worker of a gateway with peers leaves its own tokens to the primary at first", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const own = new SqliteTokenStore(":memory:");
    const endpoint = { type: "tcp", host: "127.0.0.1", port: 5901 } as const;
    const { token } = await own.issue({ type: "vnc", endpoint, ttlMs: 60_000 });
    const busy = new Error("it waits for its peers");
    const inPrimary = { ...remoteStore(channelTo(own)), resolve: async () => await Promise.reject(busy) };
    const store = withPeers(own, inPrimary);
    for (const heldMs of [HOLD_MS - 1, 0]) {
      await expect(store.resolve(token, lookupContext())).rejects.toBe(busy);
      expect(store.resolveNow?.(sha256(token))).toBeUndefined();
      vi.advanceTimersByTime(heldMs);
    }
    vi.advanceTimersByTime(1);
    expect(await store.resolve(token, lookupContext())).toMatchObject({ endpoint });
    expect(store.resolveNow?.(sha256(token))).toMatchObject({ endpoint });
    await own.close();
  } finally {
    vi.useRealTimers();
  }
});
