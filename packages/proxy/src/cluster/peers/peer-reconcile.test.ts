import { expect, test } from "vitest";
import type { SessionControl } from "../../control/session-control.ts";
import { createLogger } from "../../telemetry/log.ts";
import { lockId } from "../../tokens/lock.ts";
import { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { PeerLink } from "./peer-link.ts";
import { PeerLocks, type LockVersion } from "./peer-locks.ts";
import { PeerReconciler } from "./peer-reconcile.ts";
import { PeerRevocations } from "./peer-revocations.ts";
import type { PeerState } from "./peer-schemas.ts";
import type { PeerTokenStore } from "./peer-tokens.ts";

const TWO = "https://two:6081";
const STATE: PeerState = { id: "b", name: "two", now: 0, revision: "1", locks: "1", unwritten: [] };

function lockOf(value: string): LockVersion {
  const id = lockId("user", value);
  return { id, version: 1, lock: { id, subject: "user", value, message: undefined, createdAt: 1 } };
}

/** This gateway with sessions of these tokens, and a peer that has these pages of locks. */
function make(pages: readonly (readonly LockVersion[])[] = [[]]) {
  const own = new SqliteTokenStore(":memory:");
  const locks = new PeerLocks({ store: own });
  const seen = { checked: [] as string[][], ended: [] as string[], pages: 0 };
  let failure: Error | undefined;
  const store = {
    openingOf: (issuer: string) => (issuer === TWO ? ["opening"] : []),
    findEnded: async (_link: PeerLink, ids: string[]) => {
      if (failure !== undefined) throw failure;
      seen.checked.push(ids);
      return ids.filter((id) => id !== "valid");
    },
  } as unknown as PeerTokenStore;
  const control = {
    end: async ({ tokenId }: { tokenId: string }) => {
      seen.ended.push(tokenId);
      return { ended: 1, unavailable: [], replaced: [] };
    },
  } as unknown as SessionControl;
  const foreign = ["running", "valid", "elsewhere"].map((tokenId) => ({
    tokenId,
    issuer: tokenId === "elsewhere" ? "https://three:6081" : TWO,
  }));
  const link = {
    url: TWO,
    ask: async ({ after }: { after: string }) => {
      const page = after === "" ? 0 : Number(after) + 1;
      seen.pages += 1;
      return { locks: pages[page % pages.length], next: page + 1 < pages.length ? String(page) : null };
    },
  } as unknown as PeerLink;
  const revocations = new PeerRevocations({ store: own, links: () => [link], log: createLogger("silent") });
  const reconciler = new PeerReconciler({
    own,
    store,
    locks,
    revocations,
    sessions: { control, foreignTokens: async () => foreign },
  });
  const fail = (error?: Error): void => {
    failure = error;
  };
  return { reconciler, revocations, link, locks, seen, fail };
}

test("tokens of running and of opening sessions are looked up again when the peer has revoked some, or was away", async () => {
  const { reconciler, link, seen } = make();
  const ids = ["running", "valid", "opening"];
  await reconciler.reconcile(link, STATE, true);
  expect([seen.checked, seen.ended]).toEqual([[ids], ["running", "opening"]]);
  await reconciler.reconcile(link, STATE, false);
  expect(seen.checked).toHaveLength(1);
  await reconciler.reconcile(link, { ...STATE, revision: "2" }, false);
  await reconciler.reconcile(link, { ...STATE, revision: "2" }, true);
  expect(seen.checked).toEqual([ids, ids, ids]);
});

test("what could not be looked up is so the next time", async () => {
  const { reconciler, link, seen, fail } = make();
  fail(new Error("it hangs"));
  await expect(reconciler.reconcile(link, STATE, false)).rejects.toThrow("it hangs");
  fail();
  await reconciler.reconcile(link, STATE, false);
  expect(seen.ended).toEqual(["running", "opening"]);
});

test("locks are read page by page, and again only after they have changed", async () => {
  const { reconciler, link, locks, seen } = make([[lockOf("alice")], [lockOf("bob")], [lockOf("carol")]]);
  await reconciler.reconcile(link, STATE, false);
  await reconciler.reconcile(link, STATE, false);
  expect([
    locks
      .locks()
      .map(({ value }) => value)
      .toSorted(),
    seen.pages,
  ]).toEqual([["alice", "bob", "carol"], 3]);
  await reconciler.reconcile(link, { ...STATE, locks: "2" }, false);
  expect(seen.pages).toBe(6);
});

test("a list of locks that never ends is left", async () => {
  const { reconciler, link, seen } = make(Array.from({ length: 300 }, () => []));
  await expect(reconciler.reconcile(link, STATE, false)).rejects.toThrow("it has more than 250 pages of locks");
  expect(seen.pages).toBe(250);
});

test("what waits at a peer is refused here until the peer says so no more", async () => {
  const { reconciler, link, revocations, seen } = make();
  await reconciler.reconcile(link, { ...STATE, unwritten: ["a"] }, false);
  expect([revocations.has("a"), seen.ended.includes("a")]).toEqual([true, true]);
  await reconciler.reconcile(link, STATE, false);
  expect(revocations.has("a")).toBe(false);
});
