import { expect, test, vi } from "vitest";
import { sha256 } from "../../sha256.ts";
import { createLogger } from "../../telemetry/log.ts";
import { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import { IssuerAway, StoreError, type TokenRecord } from "../../tokens/store.ts";
import type { PeerLink } from "./peer-link.ts";
import { PeerLocks } from "./peer-locks.ts";
import { PeerRevocations } from "./peer-revocations.ts";
import type { PeerRequest } from "./peer-schemas.ts";
import { PeerTokenStore } from "./peer-tokens.ts";

const AWAY = new Error("it hangs");

/** A peer that answers from a store, or not at all. */
class FakePeer {
  readonly url: string;
  readonly name = "two";
  readonly tokens = new SqliteTokenStore(":memory:");
  readonly asked: PeerRequest[] = [];
  isAway = false;

  constructor(url: string) {
    this.url = url;
  }

  async ask(request: PeerRequest): Promise<unknown> {
    this.asked.push(request);
    if (this.isAway) throw AWAY;
    const sent = (record: TokenRecord | undefined): unknown => (record && { record, now: Date.now() }) ?? null;
    if (request.type === "revoke") return sent(await this.tokens.revoke(request.id));
    if (request.type === "token" && request.id !== undefined) return sent(await this.tokens.get(request.id));
    if (request.type === "token")
      return sent(await this.tokens.byDigest(Buffer.from(request.digest ?? "", "base64url")));
    return null;
  }

  async askIfOpen(request: PeerRequest): Promise<unknown> {
    return await this.ask(request);
  }

  get link(): PeerLink {
    return this as unknown as PeerLink;
  }

  async token(): Promise<{ readonly id: string; readonly token: string }> {
    const endpoint = { type: "tcp", host: "127.0.0.1", port: 5900 } as const;
    const { token, record } = await this.tokens.issue({ type: "vnc", endpoint, ttlMs: 60_000 });
    return { id: record.tokenId, token };
  }
}

function make(): {
  own: SqliteTokenStore;
  peers: readonly [FakePeer, FakePeer];
  revocations: PeerRevocations;
  store: PeerTokenStore;
} {
  const own = new SqliteTokenStore(":memory:");
  const peers = [new FakePeer("http://two"), new FakePeer("http://three")] as const;
  const links = peers.map(({ link }) => link);
  const locks = new PeerLocks({ store: own });
  const revocations = new PeerRevocations({ store: own, links: () => links, log: createLogger("silent") });
  const hold = { isOver: true, check: () => {} };
  const store = new PeerTokenStore({
    own,
    locks,
    revocations,
    links: () => links,
    hold,
    beforeClose: () => {},
  });
  return { own, peers, revocations, store };
}

test("peers get the digest of a token only, and of those that could be theirs", async () => {
  const { peers, store } = make();
  const { token } = await peers[1].token();
  expect(await store.resolve(token)).toMatchObject({ issuer: "http://three" });
  expect(await store.resolve("a token of another system")).toBeUndefined();
  expect(await store.get("the id of a token of another system")).toBeUndefined();
  const digest = sha256(token).toString("base64url");
  expect(peers[0].asked).toEqual([{ type: "token", digest }]);
});

test("a token of one peer opens while another one is away, and an unknown one does not tell", async () => {
  const { peers, store } = make();
  const { token } = await peers[1].token();
  peers[0].isAway = true;
  expect(await store.resolve(token)).toMatchObject({ issuer: "http://three" });
  await expect(store.resolve("A".repeat(43))).rejects.toMatchObject({ reason: "server_busy" });
});

test("a token that was revoked here is refused until it is written where it was issued, and after that", async () => {
  const { peers, revocations, store } = make();
  const { id, token } = await peers[0].token();
  peers[0].isAway = true;
  await expect(store.revoke(id)).rejects.toThrow("gateway two does not answer: it hangs");
  expect(revocations.tokenIds).toEqual([id]);
  peers[0].isAway = false;
  expect(await store.resolve(token)).toBeUndefined();
  await revocations.tell(peers[0].link);
  expect([revocations.tokenIds, await store.resolve(token)]).toEqual([[], undefined]);
});

test("a token of its own that cannot be written as revoked is none for peers, which hear of it", async () => {
  const { own, revocations, store } = make();
  const endpoint = { type: "tcp", host: "127.0.0.1", port: 5900 } as const;
  const { record } = await own.issue({ type: "vnc", endpoint, ttlMs: 60_000 });
  const { tokenId } = record;
  const before = store.revision;
  expect(await store.holding(tokenId)).toEqual(record);
  vi.spyOn(own, "revoke").mockRejectedValueOnce(new Error("disk full"));
  await expect(store.revoke(tokenId)).rejects.toThrow("disk full");
  expect([await store.holding(tokenId), store.revision === before]).toEqual([undefined, false]);
  await store.revoke(tokenId);
  expect([await store.holding(tokenId), revocations.tokenIds]).toEqual([undefined, []]);
});

test("a peer that answers with another token, or one that it has not revoked, has not answered", async () => {
  const { peers, revocations, store } = make();
  const [asked, other] = [await peers[0].token(), await peers[0].token()];
  const record = await peers[0].tokens.get(other.id);
  vi.spyOn(peers[0].tokens, "get").mockResolvedValue(record);
  await expect(store.get(asked.id)).rejects.toThrow("gateway two answers with another token");
  vi.spyOn(peers[0].tokens, "revoke").mockResolvedValueOnce(record);
  await expect(store.revoke(asked.id)).rejects.toThrow("gateway two answers with another token");
  vi.spyOn(peers[0].tokens, "revoke").mockResolvedValueOnce(record);
  await expect(store.revoke(other.id)).rejects.toThrow("gateway two has not revoked the token");
  vi.spyOn(peers[0].tokens, "revoke").mockResolvedValueOnce(record);
  await expect(revocations.tell(peers[0].link)).rejects.toThrow("gateway two answers with another token");
  expect(revocations.tokenIds).toEqual([asked.id]);
});

test("one that cannot be kept is refused all the same, and kept when it is asked for again", async () => {
  const { own, peers, revocations, store } = make();
  const { id, token } = await peers[0].token();
  peers[0].isAway = true;
  vi.spyOn(own, "putForeignRevocation").mockRejectedValueOnce(new StoreError("disk full"));
  const failure = await store.revoke(id).catch((error: unknown) => error);
  expect(failure).toEqual(new StoreError("disk full"));
  expect(own.foreignRevocations()).toEqual([]);
  await expect(store.revoke(id)).rejects.toBeInstanceOf(IssuerAway);
  expect(own.foreignRevocations()).toMatchObject([{ tokenId: id }]);
  peers[0].isAway = false;
  expect([revocations.tokenIds, await store.resolve(token)]).toEqual([[id], undefined]);
});

test("a revocation is kept until a day after the expiry that is known, by the later clock", async () => {
  const { own, peers, store } = make();
  const [known, unknown] = [await peers[0].token(), await peers[0].token()];
  const record = await peers[0].tokens.get(known.id);
  await store.get(known.id);
  peers[0].isAway = true;
  for (const { id } of [known, unknown]) await expect(store.revoke(id)).rejects.toThrow("it hangs");
  const kept = new Map(own.foreignRevocations().map(({ tokenId, keptUntil }) => [tokenId, keptUntil]));
  expect(kept.get(known.id)).toBeGreaterThanOrEqual((record?.expiresAt ?? Infinity) + 24 * 60 * 60 * 1000);
  expect(kept.get(unknown.id)).toBeUndefined();
});
