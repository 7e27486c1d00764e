import { EndError } from "../../end-reason.ts";
import type { PageRequest } from "../../paging.ts";
import { sha256 } from "../../sha256.ts";
import { CLOCK_TOLERANCE_MS } from "../../time/clock.ts";
import type { Grant } from "../../tokens/grant.ts";
import type { Lock, LockStore } from "../../tokens/lock.ts";
import type { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import {
  IssuerAway,
  type TokenPage,
  type TokenRecord,
  type TokenRequest,
  type TokenStore,
} from "../../tokens/store.ts";
import { Recent } from "../../tokens/cluster/recent.ts";
import type { PeerLink } from "./peer-link.ts";
import { checkToken } from "./peer-answer.ts";
import type { PeerRevocations } from "./peer-revocations.ts";
import type { StartHold } from "./start-hold.ts";
import { MAX_TOKENS, MAX_UNWRITTEN, type PeerRequestOf, type PeerToken } from "./peer-schemas.ts";

/** What the tokens of the embedded store look like. Others need not be asked for. */
const TOKEN_FORM = /^[\w-]{43}$/;
const ID_FORM = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** How long a lookup may take to become a session that is listed, in milliseconds, and how many are kept that long. */
const OPENING_MS = 60_000;
const MAX_OPENING = 50_000;

/** Of how many tokens of peers it is remembered when they expire. */
const MAX_EXPIRIES = 10_000;

/** What a {@link PeerTokenStore} is made with. */
export interface PeerTokenStoreOptions {
  /** The tokens of this gateway. */
  readonly own: SqliteTokenStore;
  readonly locks: LockStore;
  readonly revocations: PeerRevocations;
  /** The peers, less those that are none. */
  readonly links: () => readonly PeerLink[];
  readonly hold: Pick<StartHold, "check" | "isOver">;
  /** Stops what uses the store. */
  readonly beforeClose: () => void;
}

/**
 * The token store of a gateway that has peers. Each gateway keeps the tokens that it issues; those of the others are
 * looked up there, each time, and are neither kept nor passed on.
 */
export class PeerTokenStore implements TokenStore {
  readonly othersMayKnow = true;
  readonly #options: PeerTokenStoreOptions;
  readonly #own: SqliteTokenStore;
  /** Tokens that are being revoked here, or whose revocation this gateway could not keep. */
  readonly #revoking = new Recent<undefined>(MAX_UNWRITTEN);
  /** Of these, how many there were so far. */
  #revokingCount = 0;
  /** When tokens of peers expire that were looked up, by this machine's clock, in milliseconds since the epoch. */
  readonly #expiries = new Recent<number>(MAX_EXPIRIES);
  /** When tokens of peers were looked up whose sessions may not be listed yet, on the monotonic clock. */
  readonly #opening = new Recent<{ readonly issuer: string; readonly at: number }>(MAX_OPENING);

  constructor(options: PeerTokenStoreOptions) {
    this.#options = options;
    this.#own = options.own;
  }

  /** Another one after each revocation of a token of this gateway. @throws Error when the file cannot be read now. */
  get revision(): string {
    return `${this.#own.lastRevocation()}.${this.#revokingCount}`;
  }

  /** Tokens of this peer that were looked up lately. */
  openingOf(issuer: string): readonly string[] {
    this.#opening.dropWhile(({ at }) => at < performance.now() - OPENING_MS);
    const all = [...this.#opening.batches(MAX_OPENING)].flat();
    return all.flatMap(([tokenId, opening]) => (opening.issuer === issuer ? tokenId : []));
  }

  /** A token of this gateway, for a peer: as it opens sessions here. */
  async holding(tokenId: string): Promise<TokenRecord | undefined> {
    const record = await this.#own.get(tokenId);
    return record?.revokedAt !== undefined || this.#revoking.has(tokenId) ? undefined : record;
  }

  /** One of its own, once all of them may open sessions. */
  resolveNow(digest: Uint8Array): Grant | undefined {
    return this.#options.hold.isOver ? this.#own.resolveNow(digest) : undefined;
  }

  async resolve(token: string): Promise<Grant | undefined> {
    const digest = sha256(token);
    const known = await this.#own.byDigest(digest);
    if (known !== undefined) return known.revokedAt === undefined ? this.#checked(known) : undefined;
    if (!TOKEN_FORM.test(token)) return undefined;
    const found = await this.#askAll({ type: "token", digest: digest.toString("base64url") }).catch(
      (cause: unknown) => {
        throw new EndError("server_busy", "a gateway that may have issued the token does not answer", { cause });
      },
    );
    return found && this.#grantOf(found);
  }

  /** @throws EndError `server_busy` */
  #checked(record: TokenRecord): Grant {
    try {
      this.#options.hold.check(record);
      return record;
    } catch (cause) {
      throw new EndError("server_busy", "the gateway has just started, and waits for its peers", { cause });
    }
  }

  #grantOf({ link, answer: { record, now } }: Found): Grant | undefined {
    const { revokedAt, maxSessions, tokenId } = record;
    if (revokedAt !== undefined || this.#isRevoked(tokenId)) return undefined;
    if (maxSessions !== undefined) {
      const words = "the token limits its sessions, so it opens only at the gateway that issued it";
      throw new EndError("server_busy", words);
    }
    this.#opening.set(tokenId, { issuer: link.url, at: performance.now() });
    this.#opening.dropWhile(({ at }) => at < performance.now() - OPENING_MS);
    // A clock that is behind that of the issuer gives no session more time.
    const byTimeLeft = Date.now() + record.expiresAt - now;
    const isBehind = byTimeLeft < record.expiresAt - CLOCK_TOLERANCE_MS;
    return { ...record, expiresAt: isBehind ? byTimeLeft : record.expiresAt, issuer: link.url };
  }

  async find(token: string): Promise<TokenRecord | undefined> {
    const digest = sha256(token);
    const own = await this.#own.byDigest(digest);
    if (own !== undefined || !TOKEN_FORM.test(token)) return own;
    return (await this.#askAll({ type: "token", digest: digest.toString("base64url") }))?.answer.record;
  }

  async get(tokenId: string): Promise<TokenRecord | undefined> {
    const own = await this.#own.get(tokenId);
    if (own !== undefined || !ID_FORM.test(tokenId)) return own;
    return (await this.#askAll({ type: "token", id: tokenId }))?.answer.record;
  }

  /** Those that this gateway has issued. */
  async list(page?: PageRequest): Promise<TokenPage> {
    return await this.#own.list(page);
  }

  async issue(request: TokenRequest): Promise<{ token: string; record: TokenRecord }> {
    return await this.#own.issue(request);
  }

  async revoke(tokenId: string): Promise<TokenRecord | undefined> {
    if (!ID_FORM.test(tokenId)) return await this.#own.revoke(tokenId);
    // First, so that it is refused, here and by what peers ask, while it is written.
    if (!this.#revoking.has(tokenId)) {
      this.#revokingCount += 1;
      this.#revoking.set(tokenId, undefined);
    }
    const isOwn = (await this.#own.get(tokenId)) !== undefined;
    const record = isOwn ? await this.#own.revoke(tokenId) : await this.#revokeElsewhere(tokenId);
    this.#revoking.delete(tokenId);
    return record;
  }

  /** @throws IssuerAway once it is kept for a peer that is away; Error when it cannot be kept. */
  async #revokeElsewhere(tokenId: string): Promise<TokenRecord | undefined> {
    try {
      return (await this.#askAll({ type: "revoke", id: tokenId }))?.answer.record;
    } catch (error) {
      await this.#options.revocations.keep(tokenId, this.#expiries.get(tokenId));
      this.#revoking.delete(tokenId);
      throw error;
    }
  }

  #isRevoked(tokenId: string): boolean {
    return this.#revoking.has(tokenId) || this.#options.revocations.has(tokenId);
  }

  /**
   * Which of these tokens of a peer it has revoked, or does not know any more.
   *
   * @throws Error when it does not answer.
   */
  async findEnded(link: PeerLink, tokenIds: readonly string[]): Promise<readonly string[]> {
    const ended: string[] = [];
    for (let start = 0; start < tokenIds.length; start += MAX_TOKENS) {
      const batch = tokenIds.slice(start, start + MAX_TOKENS);
      const holding = new Set(await link.ask<"holding">({ type: "holding", ids: batch }));
      ended.push(...batch.filter((tokenId) => !holding.has(tokenId)));
    }
    return ended;
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    return await this.#own.firstUse(digest, now);
  }

  async useOnce(tokenId: string, expiresAt: number, issuer?: string): Promise<boolean> {
    if (issuer === undefined) return await this.#own.useOnce(tokenId, expiresAt);
    return await this.#askIssuer(issuer, { type: "use_once", id: tokenId, expiresAt: Math.round(expiresAt) });
  }

  async wasUsed(tokenId: string, issuer?: string): Promise<boolean> {
    if (issuer === undefined) return await this.#own.wasUsed(tokenId);
    return await this.#askIssuer(issuer, { type: "was_used", id: tokenId });
  }

  onRevoked(listener: (tokenId: string) => void): void {
    this.#own.onRevoked(listener);
  }

  locks(): readonly Lock[] {
    return this.#options.locks.locks();
  }

  async putLock(lock: Lock): Promise<void> {
    await this.#options.locks.putLock(lock);
  }

  async removeLock(id: string): Promise<void> {
    await this.#options.locks.removeLock(id);
  }

  onLocksChanged(listener: (ids?: readonly string[]) => void): void {
    this.#options.locks.onLocksChanged(listener);
  }

  /** Only of its own tokens: a gateway whose peers are away goes on. */
  async health(): Promise<void> {
    await this.#own.health();
  }

  async close(): Promise<void> {
    this.#options.beforeClose();
    await this.#own.close();
  }

  /** @throws EndError */
  async #askIssuer(issuer: string, request: PeerRequestOf<"use_once" | "was_used">): Promise<boolean> {
    const link = this.#options.links().find(({ url }) => url === issuer);
    const answer = await (
      link === undefined
        ? Promise.reject(new Error("it is none of the peers"))
        : link.askIfOpen<"use_once" | "was_used">(request)
    ).catch((cause: unknown) => {
      throw new EndError("server_busy", "the gateway that issued the token does not answer", { cause });
    });
    if (answer === null) throw new EndError("token_invalid", "the token is unknown or was revoked");
    return answer;
  }

  /**
   * The first that has the token; undefined where all of them say that they have not.
   *
   * @throws IssuerAway when one of them did not answer that may have it.
   */
  async #askAll(request: PeerRequestOf<"token" | "revoke">): Promise<Found | undefined> {
    const asked = this.#options.links().map(async (link): Promise<Found> => {
      const answer = await link.askIfOpen<"token" | "revoke">(request).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new IssuerAway(`gateway ${link.name} does not answer: ${reason}`);
      });
      if (answer === null) throw new NotFound();
      checkToken(link, request, answer);
      const { record, now } = answer;
      this.#expiries.set(record.tokenId, Math.max(record.expiresAt, Date.now() + record.expiresAt - now));
      return { link, answer };
    });
    try {
      return await Promise.any(asked);
    } catch (error) {
      const failure = (error as AggregateError).errors.find((each) => !(each instanceof NotFound));
      if (failure === undefined) return undefined;
      throw failure;
    }
  }
}

interface Found {
  readonly link: PeerLink;
  readonly answer: PeerToken;
}

class NotFound extends Error {
  override readonly name = "NotFound";
}
