import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/sha256.ts";
import type { Grant } from "../../src/tokens/grant.ts";
import type { LookupContext, TokenSource } from "../../src/tokens/source.ts";
import type { TokenRequest, TokenStore } from "../../src/tokens/store.ts";

/** A source with the system behind it, for one test. */
export interface SourceUnderTest extends AsyncDisposable {
  readonly source: TokenSource;
  /** A token that the system knows, with the grant that must be found for it; `tokenId` is the source's choice. */
  readonly known: { readonly token: string; readonly grant: Omit<Grant, "tokenId"> };
  /** Makes the system unreachable; undefined where there is none outside of this process. */
  readonly stop?: () => Promise<void>;
  /** Makes it reachable again. */
  readonly restart?: () => Promise<void>;
}

/** What a lookup gets besides the token. */
export function lookupContext(context: Partial<LookupContext> = {}): LookupContext {
  return {
    clientAddress: "192.0.2.1",
    origin: "https://dash.example",
    signal: new AbortController().signal,
    ...context,
  };
}

/** What a client may send as a token although no system issues such tokens. */
const HOSTILE_TOKENS = [
  "unknown",
  " ",
  "a b",
  "../../etc/passwd",
  "'; DROP TABLE tokens; --",
  "%00%s{}",
  "\0",
  "\r\nX-Header: 1",
  "ключ🔑",
  "\ud800",
  "x".repeat(8000),
];

/** What every token source promises, store or not. */
export function describeTokenSource(name: string, start: () => Promise<SourceUnderTest>): void {
  describe(`${name} keeps the promises of a token source`, () => {
    test("a known token gives the whole grant, each time with the same id, which is not the token", async () => {
      await using made = await start();
      const { token, grant } = made.known;
      const [first, second] = [
        await made.source.resolve(token, lookupContext()),
        await made.source.resolve(token, lookupContext({ clientAddress: "192.0.2.2", origin: undefined })),
      ];
      expect(first).toMatchObject(grant);
      expect(first?.tokenId).toMatch(/^[\x21-\x7e]{8,}$/);
      expect(first?.tokenId).not.toContain(token);
      expect(second).toEqual(first);
    });

    test.each(HOSTILE_TOKENS)("the unknown token %j gives nothing, and the source goes on", async (token) => {
      await using made = await start();
      expect(await made.source.resolve(token, lookupContext())).toBeUndefined();
      expect(await made.source.resolve(made.known.token, lookupContext())).toBeDefined();
    });

    test("many lookups at the same time each get their own answer", async () => {
      await using made = await start();
      const tokens = Array.from({ length: 50 }, (_, index) =>
        index % 2 === 0 ? made.known.token : `unknown ${index}`,
      );
      const grants = await Promise.all(tokens.map((token) => made.source.resolve(token, lookupContext())));
      expect(grants.map((grant) => grant !== undefined)).toEqual(tokens.map((token) => token === made.known.token));
    });

    test("it is healthy, and closing it twice is harmless", async () => {
      await using made = await start();
      await made.source.health?.(new AbortController().signal);
      await made.source.close?.();
      await made.source.close?.();
    });

    test("while its system is unreachable lookups and the health check reject; afterwards both work again", async () => {
      await using made = await start();
      if (made.stop === undefined || made.restart === undefined) return;
      const { source, known } = made;
      await made.stop();
      await expect(source.resolve(known.token, lookupContext())).rejects.toThrow(Error);
      await expect(source.health?.(new AbortController().signal)).rejects.toThrow(Error);
      await made.restart();
      await source.health?.(new AbortController().signal);
      expect(await source.resolve(known.token, lookupContext())).toMatchObject(known.grant);
    });
  });
}

/** A store with what it needs to be opened again, as after a restart or in another process. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: TokenStore;
  /** Opens the same tokens once more; undefined where that is not possible. */
  readonly reopen?: () => Promise<TokenStore>;
}

const REQUEST: TokenRequest = {
  type: "vnc",
  endpoint: { type: "tcp", host: "127.0.0.1", port: 5901 },
  ttlMs: 60_000,
  instance: "vm-1",
  name: "Web",
  user: "alice",
  access: "view",
};

/** What every token store promises, besides what it promises as a source. */
export function describeTokenStore(name: string, start: () => Promise<StoreUnderTest>): void {
  describeTokenSource(name, async () => {
    const made = await start();
    const { token, record } = await made.store.issue(REQUEST);
    const { tokenId: _, ...grant } = record;
    return { source: made.store, known: { token, grant }, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
  });

  describe(`${name} keeps the promises of a token store`, () => {
    test("a token is unguessable, and found again with everything that it was issued for", async () => {
      await using made = await start();
      const { token, record } = await made.store.issue(REQUEST);
      const { ttlMs, ...asked } = REQUEST;
      expect(token).toMatch(/^[\w-]{43,}$/);
      expect(record).toMatchObject(asked);
      expect(record.expiresAt - record.createdAt).toBe(ttlMs);
      expect(await made.store.resolve(token, lookupContext())).toEqual(record);
      expect(await made.store.get(record.tokenId)).toEqual(record);
      expect(await made.store.find(token)).toEqual(record);
      expect((await made.store.list()).tokens.map(({ tokenId }) => tokenId)).toEqual([record.tokenId]);
    });

    test("a revoked token resolves to nothing and is not listed, but is still found", async () => {
      await using made = await start();
      const { token, record } = await made.store.issue(REQUEST);
      const revoked = await made.store.revoke(record.tokenId);
      expect(revoked?.revokedAt).toBeGreaterThanOrEqual(record.createdAt);
      expect(await made.store.revoke(record.tokenId)).toEqual(revoked);
      expect(await made.store.resolve(token, lookupContext())).toBeUndefined();
      expect(await made.store.find(token)).toEqual(revoked);
      expect(await made.store.list()).toEqual({ tokens: [], next: undefined });
      expect(await made.store.revoke("no such id")).toBeUndefined();
      expect(await made.store.get("no such id")).toBeUndefined();
    });

    test("the list has pages, which together are the whole of it", async () => {
      await using made = await start();
      const issued = new Set<string>();
      for (let count = 0; count < 5; count += 1) issued.add((await made.store.issue(REQUEST)).record.tokenId);
      const all = (await made.store.list()).tokens;
      expect(new Set(all.map(({ tokenId }) => tokenId))).toEqual(issued);
      const first = await made.store.list({ limit: 2 });
      const second = await made.store.list({ limit: 2, after: first.next });
      const third = await made.store.list({ limit: 2, after: second.next });
      expect([...first.tokens, ...second.tokens, ...third.tokens]).toEqual(all);
      expect(third.next).toBeUndefined();
      expect((await made.store.list({ limit: 5 })).next).toBeUndefined();
      for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
        await expect(made.store.list({ limit }), String(limit)).rejects.toThrow(
          "limit: expected a whole number from 1",
        );
      }
      await expect(made.store.list({ after: "elsewhere" })).rejects.toThrow("after: expected the `next` of a page");
    });

    test("what one opening of it issues, revokes and uses, another one knows", async () => {
      await using made = await start();
      if (made.reopen === undefined) return;
      const [first, second] = [await made.store.issue(REQUEST), await made.store.issue(REQUEST)];
      await made.store.revoke(first.record.tokenId);
      await made.store.firstUse?.(sha256("foreign"), 1000);
      const other = await made.reopen();
      expect(await other.resolve(first.token, lookupContext())).toBeUndefined();
      expect(await other.resolve(second.token, lookupContext())).toEqual(second.record);
      expect(await other.firstUse?.(sha256("foreign"), 2000)).toBe(other.firstUse && 1000);
    });

    test("the first of several uses counts, for each token by itself, also when the clock was set back", async () => {
      await using made = await start();
      const { store } = made;
      if (store.firstUse === undefined) return;
      const uses = [1000, 5000, 1000 + 90_000_000, 500, 2000];
      const answers: number[] = [];
      for (const now of uses) answers.push(await store.firstUse(sha256("a"), now));
      expect(answers).toEqual([1000, 1000, 1000, 500, 500]);
      expect(await store.firstUse(sha256("b"), 7000)).toBe(7000);
    });

    test("of uses at the same time all get the same answer", async () => {
      await using made = await start();
      const { store } = made;
      const opened = [store, (await made.reopen?.()) ?? store];
      const answers = await Promise.all(
        Array.from(
          { length: 20 },
          async (_, index) => await opened[index % 2]?.firstUse?.(sha256("a"), 1000 + (index % 7)),
        ),
      );
      expect(new Set(answers).size).toBe(1);
    });
  });
}
