import { expect, test, vi } from "vitest";
import { createLogger } from "../../telemetry/log.ts";
import { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { PeerLink } from "./peer-link.ts";
import { PeerRevocations } from "./peer-revocations.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A peer that has issued some tokens, or does not answer. */
class ScriptedPeer {
  readonly name = "two";
  readonly url: string;
  readonly issued = new Set<string>();
  readonly asked: string[] = [];
  isAway = false;
  /** How many questions waited at once. */
  most = 0;
  #waiting = 0;

  constructor(url: string) {
    this.url = url;
  }

  async ask({ id }: { readonly id: string }): Promise<unknown> {
    this.asked.push(id);
    this.#waiting += 1;
    this.most = Math.max(this.most, this.#waiting);
    await Promise.resolve();
    this.#waiting -= 1;
    if (this.isAway) throw new Error("it hangs");
    return this.issued.has(id) ? { record: { tokenId: id, revokedAt: 1 }, now: 1 } : null;
  }

  get link(): PeerLink {
    return this as unknown as PeerLink;
  }
}

function make(store = new SqliteTokenStore(":memory:")) {
  const peers = [new ScriptedPeer("http://one"), new ScriptedPeer("http://two")] as const;
  const [{ link: one }, { link: two }] = peers;
  const links = [one, two];
  const log = createLogger("silent");
  const open = (): PeerRevocations => new PeerRevocations({ store, links: () => links, log });
  return { store, peers, one, two, links, open, revocations: open() };
}

const keptBy = (store: SqliteTokenStore): readonly string[] => store.foreignRevocations().map(({ tokenId }) => tokenId);

test("what waits is there after a restart, and is gone from the file once the issuer knows", async () => {
  const { store, peers, one, open, revocations } = make();
  await revocations.keep("a", Date.now());
  await revocations.keep("b", undefined);
  const restarted = open();
  expect([restarted.tokenIds, restarted.has("a"), restarted.countFor(one)]).toEqual([["a", "b"], true, 2]);
  peers[0].issued.add("a").add("b");
  await restarted.tell(one);
  expect([restarted.tokenIds, restarted.has("a")]).toEqual([[], false]);
  await vi.waitFor(() => expect(keptBy(store)).toEqual([]));
});

test("a token that no peer has issued waits no more once all have said so, each asked once", async () => {
  const { store, peers, one, two, revocations } = make();
  await revocations.keep("a", undefined);
  await revocations.tell(one);
  await revocations.tell(one);
  peers[1].isAway = true;
  await expect(revocations.tell(two)).rejects.toThrow("it hangs");
  expect([revocations.tokenIds, revocations.countFor(one), revocations.countFor(two)]).toEqual([["a"], 0, 1]);
  peers[1].isAway = false;
  await revocations.tell(two);
  expect([revocations.tokenIds, peers.map(({ asked }) => asked.length)]).toEqual([[], [1, 2]]);
  await vi.waitFor(() => expect(keptBy(store)).toEqual([]));
});

test("one waits for as long as its token may be valid, whatever happens to the peers", async () => {
  const { peers, one, links, revocations, open, store } = make();
  peers[0].isAway = true;
  const expiresAt = Date.now();
  await revocations.keep("a", expiresAt);
  await revocations.keep("b", undefined);
  const now = vi.spyOn(Date, "now");
  now.mockReturnValue(expiresAt + DAY_MS - 1);
  await expect(revocations.tell(one)).rejects.toThrow("it hangs");
  expect(revocations.tokenIds).toEqual(["a", "b"]);
  now.mockReturnValue(expiresAt + DAY_MS + 1);
  await expect(revocations.tell(one)).rejects.toThrow("it hangs");
  now.mockRestore();
  expect(revocations.tokenIds).toEqual(["b"]);
  await vi.waitFor(() => expect(keptBy(store)).toEqual(["b"]));
  await revocations.keep("c", Date.now() + DAY_MS);
  // Where it is not known whose the token is, one that is no peer any more is not waited for.
  const [left] = links.splice(0, 1);
  const restarted = open();
  await restarted.tell(peers[1].link);
  expect(restarted.tokenIds).toEqual(["c"]);
  if (left !== undefined) links.push(left);
  peers[0].isAway = false;
  peers[0].issued.add("c");
  await restarted.tell(one);
  expect(restarted.tokenIds).toEqual([]);
});

test("one waits on for a peer that has left the list, until that is back", async () => {
  const { peers, one, two, links, revocations } = make();
  await revocations.keep("a", undefined);
  const left = links.splice(0, 1);
  revocations.leave(one);
  await revocations.tell(two);
  expect(revocations.tokenIds).toEqual(["a"]);
  links.push(...left);
  peers[0].issued.add("a");
  await revocations.tell(one);
  expect(revocations.tokenIds).toEqual([]);
});

test("no more wait than a bound, those of before are kept, and one more is refused until there is room", async () => {
  const { store, peers, one, revocations } = make();
  const ids = Array.from({ length: 1000 }, (_, index) => `id-${index}`);
  await Promise.all(ids.map(async (id) => await revocations.keep(id, undefined)));
  await expect(revocations.keep("more", undefined)).rejects.toThrow("1000 revocations wait for peers already");
  // One that waits already is no more.
  await revocations.keep("id-5", undefined);
  expect([revocations.tokenIds.length, keptBy(store).length]).toEqual([1000, 1000]);
  for (const id of ids) peers[0].issued.add(id);
  await revocations.tell(one);
  expect(peers[0].most).toBe(25);
  await revocations.keep("more", undefined);
  expect(revocations.tokenIds).toEqual(["more"]);
});

test("a file that cannot be written holds neither the peer nor the revocation up, and is written later", async () => {
  const { store, peers, one, two, revocations } = make();
  vi.spyOn(store, "putForeignRevocation").mockRejectedValueOnce(new Error("disk full"));
  await expect(revocations.keep("a", undefined)).rejects.toThrow("disk full");
  expect([revocations.has("a"), keptBy(store)]).toEqual([true, []]);
  await revocations.tell(two);
  await vi.waitFor(() => expect(keptBy(store)).toEqual(["a"]));
  const { promise: hangs } = Promise.withResolvers<never>();
  vi.spyOn(store, "removeForeignRevocation").mockReturnValueOnce(hangs);
  peers[0].issued.add("a");
  await revocations.tell(one);
  await revocations.tell(one);
  expect(revocations.has("a")).toBe(false);
});

test("what waits at a peer is refused for as long as that says so, or is one", () => {
  const { one, two, revocations } = make();
  revocations.hear(one, ["a", "b"]);
  revocations.hear(two, ["b"]);
  revocations.hear(one, ["c"]);
  expect(["a", "b", "c"].map((id) => revocations.has(id))).toEqual([false, true, true]);
  // Only the one that was asked for it tells the issuer.
  expect(revocations.tokenIds).toEqual([]);
  revocations.leave(two);
  expect(revocations.has("b")).toBe(false);
});

test("one that is kept after its issuer has left the list waits until that is back", async () => {
  const { peers, one, two, links, revocations } = make();
  const left = links.splice(0, 1);
  revocations.leave(one);
  await revocations.keep("a", undefined);
  await revocations.keep("of none", undefined);
  await revocations.tell(two);
  expect(revocations.tokenIds).toEqual(["a", "of none"]);
  links.push(...left);
  peers[0].issued.add("a");
  await revocations.tell(one);
  expect(revocations.tokenIds).toEqual([]);
  // From then on, nothing waits for it as for one that has left.
  await revocations.keep("b", undefined);
  await revocations.tell(one);
  await revocations.tell(two);
  expect(revocations.tokenIds).toEqual([]);
});

test("of peers that have left, the latest are remembered", async () => {
  const { peers, one, two, links, revocations } = make();
  links.splice(0, 1);
  revocations.leave(one);
  for (let count = 0; count < 64; count += 1) revocations.leave(new ScriptedPeer(`http://${count}`).link);
  await revocations.keep("a", undefined);
  await revocations.tell(two);
  for (let count = 0; count < 64; count += 1) {
    expect(revocations.tokenIds).toEqual(["a"]);
    await revocations.tell(new ScriptedPeer(`http://${count}`).link);
  }
  expect([revocations.tokenIds, peers[0].asked]).toEqual([[], []]);
});
