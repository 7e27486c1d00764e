import { expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { IssuerAway, type TokenRecord } from "../tokens/store.ts";
import { TokenRevoker } from "./token-revoker.ts";

const RECORD = { tokenId: "id" } as TokenRecord;
const full = async (): Promise<TokenRecord> => await Promise.reject(new Error("disk full"));

function make(revoke: (tokenId: string) => Promise<TokenRecord | undefined>): {
  revoker: TokenRevoker;
  order: string[];
  logged: (message: string) => Record<string, unknown>[];
} {
  const order: string[] = [];
  const lines: string[] = [];
  const revoker = new TokenRevoker({
    store: {
      revoke: async (tokenId) => {
        order.push(`write ${tokenId}`);
        return await revoke(tokenId);
      },
    },
    control: {
      end: async (selection) => {
        order.push(`end ${selection.by === "token" ? selection.tokenId : ""}`);
        return { ended: 1, unavailable: [], replaced: [] };
      },
    },
    log: createLogger("info", { write: (line) => void lines.push(line) }),
    retryMs: { first: 1, last: 4 },
  });
  const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { revoker, order, logged: (message) => parsed().filter(({ msg }) => msg === message) };
}

test("the sessions end before the store is asked", async () => {
  const { revoker, order } = make(async () => RECORD);
  expect(await revoker.revoke("id")).toEqual({
    record: RECORD,
    unwritten: undefined,
    isKept: false,
    ended: 1,
    unavailable: [],
    replaced: [],
  });
  expect(order).toEqual(["end id", "write id"]);
});

test("a process that hangs does not hold up the write", async () => {
  const { promise: hangs } = Promise.withResolvers<never>();
  const written = Promise.withResolvers<string>();
  const revoker = new TokenRevoker({
    store: {
      revoke: async (tokenId) => {
        written.resolve(tokenId);
        return RECORD;
      },
    },
    control: { end: async () => await hangs },
    log: createLogger("silent"),
  });
  void revoker.revoke("id");
  expect(await written.promise).toBe("id");
});

test("one that is being written is among those that the store does not know", async () => {
  const { promise, resolve } = Promise.withResolvers<TokenRecord>();
  const { revoker } = make(async () => await promise);
  const revoked = revoker.revoke("id");
  expect(revoker.unwritten).toEqual(["id"]);
  await revoker.health();
  resolve(RECORD);
  await revoked;
  expect(revoker.unwritten).toEqual([]);
});

test("what the store cannot write is tried again, and ended again, until it can; meanwhile it is not ready", async () => {
  const store = vi.fn<typeof full>(full);
  const { revoker, order, logged } = make(store);
  expect(await revoker.revoke("id")).toMatchObject({
    record: undefined,
    unwritten: "disk full; it is tried again",
    ended: 1,
  });
  expect(revoker.unwritten).toEqual(["id"]);
  await expect(revoker.health()).rejects.toThrow("1 revocation is not written");
  await expect.poll(() => order.length).toBeGreaterThan(6);
  expect(order.slice(0, 6)).toEqual(["end id", "write id", "end id", "write id", "end id", "write id"]);
  store.mockImplementation(async () => RECORD);
  await expect.poll(() => revoker.unwritten).toEqual([]);
  await revoker.health();
  expect(logged("revocation not written, is tried again")).toHaveLength(1);
  expect(logged("revocation written")).toMatchObject([{ token_id: "id" }]);
});

test("one attempt in a row is enough to see that the store cannot write", async () => {
  const { revoker, order } = make(full);
  for (const id of ["a", "b", "c"]) await revoker.revoke(id);
  order.length = 0;
  await expect.poll(() => order.length).toBeGreaterThan(4);
  expect(order.slice(0, 4)).toEqual(["end a", "write a", "end b", "end c"]);
});

test("nor does a process that hangs hold up the next attempt, in which all sessions are ended again", async () => {
  const store = vi.fn<typeof full>(full);
  const hangs = Promise.withResolvers<void>();
  const ended: string[] = [];
  const revoker = new TokenRevoker({
    store: { revoke: store },
    control: {
      end: async (selection) => {
        if (selection.by === "token" && ended.push(selection.tokenId) > 2) await hangs.promise;
        return { ended: 0, unavailable: [], replaced: [] };
      },
    },
    log: createLogger("silent"),
    retryMs: { first: 1, last: 4 },
  });
  await Promise.all([revoker.revoke("a"), revoker.revoke("b")]);
  store.mockImplementation(async () => RECORD);
  await expect.poll(() => revoker.unwritten).toEqual([]);
  expect(ended).toEqual(["a", "b", "a"]);
  hangs.resolve();
  await expect.poll(() => ended).toEqual(["a", "b", "a", "b"]);
});

test("no more than 1,000 wait to be written; of those beyond the answer says so", async () => {
  const { revoker } = make(full);
  for (let count = 0; count < 1000; count += 1) await revoker.revoke(String(count));
  expect((await revoker.revoke("one more")).unwritten).toBe(
    "disk full; too many wait to be written, so revoke it again",
  );
  expect((await revoker.revoke("0")).unwritten).toBe("disk full; it is tried again");
  expect(revoker.unwritten).toHaveLength(1000);
  await revoker.close();
});

test("what the store keeps for another gateway is not tried again, and is neither unready nor lost", async () => {
  let isFull = true;
  const { revoker, order, logged } = make(async () => {
    throw isFull ? new Error("disk full") : new IssuerAway("gateway two does not answer");
  });
  expect(await revoker.revoke("id")).toMatchObject({ unwritten: "disk full; it is tried again", isKept: false });
  await expect(revoker.health()).rejects.toThrow("1 revocation is not written");
  isFull = false;
  await vi.waitFor(() => expect(revoker.unwritten).toEqual([]));
  await revoker.health();
  expect(await revoker.revoke("other")).toMatchObject({ unwritten: "gateway two does not answer", isKept: true });
  const asked = order.length;
  await revoker.close();
  expect(order).toHaveLength(asked);
  expect(logged("revocations lost: these tokens are valid again")).toEqual([]);
});

test("a stop tries once more, and says which revocations are lost", async () => {
  const store = vi.fn<typeof full>(full);
  const first = make(store);
  await first.revoker.revoke("id");
  await first.revoker.close();
  expect(first.logged("revocations lost: these tokens are valid again")).toMatchObject([{ token_ids: ["id"] }]);
  const second = make(store);
  await second.revoker.revoke("id");
  store.mockImplementation(async () => RECORD);
  await second.revoker.close();
  expect(second.logged("revocations lost: these tokens are valid again")).toEqual([]);
});
