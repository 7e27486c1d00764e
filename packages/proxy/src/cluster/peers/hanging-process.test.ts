import { expect, test } from "vitest";
import type { SessionControl } from "../../control/session-control.ts";
import type { Selection } from "../../control/selection.ts";
import { createLogger } from "../../telemetry/log.ts";
import { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { PeerLink } from "./peer-link.ts";
import { PeerLocks } from "./peer-locks.ts";
import { PeerReconciler } from "./peer-reconcile.ts";
import { PeerRevocations } from "./peer-revocations.ts";
import type { PeerRequest } from "./peer-schemas.ts";
import { PeerTokenStore } from "./peer-tokens.ts";
import { StartHold } from "./start-hold.ts";

const ISSUER = "http://issuer";

test("a process that hangs does not hold up what a peer has revoked and locked for the others", async () => {
  const own = new SqliteTokenStore(":memory:");
  const endpoint = { type: "tcp", host: "127.0.0.1", port: 5900 } as const;
  const revokedThere = await Promise.all(
    [1, 2].map(async () => (await own.issue({ type: "vnc", endpoint, ttlMs: 60_000 })).record.tokenId),
  );
  const ended: string[] = [];
  const control = {
    end: async (selection: Selection) => {
      if (selection.by === "token") ended.push(selection.tokenId);
      return { ended: 0, unavailable: [{ member: "worker 7", reason: "it hangs" }], replaced: [] };
    },
  } as unknown as SessionControl;
  const lock = { id: "a", subject: "user", value: "alice", message: undefined, createdAt: 1 } as const;
  const link = {
    url: ISSUER,
    ask: async ({ type }: PeerRequest) =>
      type === "locks" ? { locks: [{ id: "a", version: 1, lock }], next: null } : [],
  } as unknown as PeerLink;
  const locks = new PeerLocks({ store: own });
  const revocations = new PeerRevocations({ store: own, links: () => [link], log: createLogger("silent") });
  const store = new PeerTokenStore({
    own,
    locks,
    revocations,
    links: () => [link],
    hold: new StartHold({ links: () => [] }),
    beforeClose: () => {},
  });
  const foreignTokens = async () => ["b", "c"].map((tokenId) => ({ tokenId, issuer: ISSUER }));
  const reconciler = new PeerReconciler({ sessions: { control, foreignTokens }, own, store, locks, revocations });
  const state = { id: "x", name: "issuer", now: 0, revision: "1", locks: "1", unwritten: revokedThere };
  await expect(reconciler.reconcile(link, state, true)).rejects.toThrow("worker 7: it hangs");
  expect(ended.toSorted()).toEqual(["b", "c", ...revokedThere].toSorted());
  expect(locks.locks()).toEqual([lock]);
  for (const tokenId of revokedThere) expect((await own.get(tokenId))?.revokedAt).toBeDefined();
});
