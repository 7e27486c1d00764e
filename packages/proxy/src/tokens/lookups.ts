import { EndError } from "../end-reason.ts";
import { clientGroup } from "../net/client-address.ts";
import { sha256 } from "../sha256.ts";
import type { TimedCounters } from "../telemetry/counters.ts";
import type { Clock } from "../time/clock.ts";
import { FirstUsesTable } from "./sqlite/first-uses.ts";
import { UsedTokensTable } from "./sqlite/used-tokens.ts";
import type { Grant } from "./grant.ts";
import { KnownExpiries } from "./known-expiries.ts";
import { type LookupLimits, LookupSlots } from "./lookup-slots.ts";
import { type LookupStore, type OpenedTokens, STORE_NAME } from "./open.ts";
import { SharedLookup } from "./shared-lookup.ts";
import type { FirstUses, LookupContext, SingleUses, TokenSource } from "./source.ts";
import { idOfDigest } from "./token-id.ts";
import { UnknownTokens } from "./unknown-tokens.ts";

/** How long a lookup may take with all its steps, in milliseconds. */
const LOOKUP_MS = 10_000;

/** A grant whose expiry is settled, in milliseconds since the epoch. */
export type SettledGrant = Grant & { readonly expiresAt: number };

/** What a session asks. */
export interface LookupRequest extends LookupContext {
  /** Whether a running session wants to renew: it has shown a valid token before, so its lookup is not limited. */
  readonly isRenewal: boolean;
  /** The scheme that a trusted proxy says the client's page has. */
  readonly pageScheme?: "http" | "https" | undefined;
}

/** What {@link TokenLookups} is made with. */
export interface TokenLookupsOptions {
  readonly tokens: OpenedTokens;
  readonly clock: Clock;
  /** Lifetime in milliseconds, from the first use on, of a grant whose source gives no expiry. */
  readonly tokenTtlMs: number;
  /** Measure the store and the sources, by name. @defaultValue not measured */
  readonly timings?: ReadonlyMap<string, TimedCounters>;
  /** Test seam. */
  readonly limits?: LookupLimits;
}

/** A lookup that runs. */
interface Lookup {
  readonly token: string;
  /** The token's SHA-256, or that of the id which it shares with other ways to write it. */
  digest: Buffer;
  /** What equal lookups have in common. */
  readonly key: string;
  readonly context: LookupContext;
  /** Rejects when the lookup takes too long. */
  readonly late: Promise<never>;
  /** Takes one of `slots` for a step; a renewal needs none. */
  readonly bounded: <T>(slots: LookupSlots, step: () => Promise<T>) => Promise<T>;
}

/**
 * Looks tokens up: in the store, then in the sources in order. Equal lookups that run at the same time are one, their
 * number is bounded, and a token that no source knows is remembered for a moment. The store is asked each time, so
 * that a token which it issues is known at once.
 */
export class TokenLookups {
  readonly #options: TokenLookupsOptions;
  #sources: OpenedTokens["sources"];
  #tokenTtlMs: number;
  #firstUses: FirstUses | undefined;
  #singleUses: SingleUses | undefined;
  /** The store has slots of its own, so that its tokens do not wait behind lookups that a source holds up. */
  readonly #storeSlots: LookupSlots;
  readonly #sourceSlots: LookupSlots;
  #unknown = new UnknownTokens();
  readonly #expiries: KnownExpiries;
  readonly #running = new Map<string, SharedLookup<SettledGrant | undefined>>();

  constructor(options: TokenLookupsOptions) {
    const { store } = options.tokens;
    this.#options = options;
    this.#sources = options.tokens.sources;
    this.#tokenTtlMs = options.tokenTtlMs;
    this.#expiries = new KnownExpiries(options.clock);
    this.#firstUses = store !== undefined && keepsFirstUses(store) ? store : undefined;
    this.#singleUses = store?.useOnce === undefined ? undefined : (store as SingleUses);
    this.#storeSlots = new LookupSlots(options.limits);
    this.#sourceSlots = new LookupSlots(options.limits);
  }

  /** From now on, these sources are asked, and grants without an expiry have this lifetime. */
  configure({ sources, tokenTtlMs }: { readonly sources: OpenedTokens["sources"]; readonly tokenTtlMs: number }): void {
    this.#sources = sources;
    this.#tokenTtlMs = tokenTtlMs;
    this.#unknown = new UnknownTokens();
  }

  /**
   * The grant of a token, which may have expired; undefined for an unknown or revoked token.
   *
   * @throws Error when the store or a source cannot answer or does not answer in time, when too many lookups wait, or
   *   when the request is aborted.
   */
  async resolve(token: string, request: LookupRequest): Promise<SettledGrant | undefined> {
    const digest = sha256(token);
    const known = this.#resolveNow(digest);
    if (known !== undefined) return known;
    // A source may decide by what it is told, so only requests that are equal in that share an answer.
    const { clientAddress, origin = "", consoleType = "" } = request;
    const key = [digest.toString("base64url"), clientAddress, consoleType, origin].join(" ");
    let lookup = this.#running.get(key);
    if (lookup === undefined) {
      lookup = this.#begin(token, digest, key, request);
      this.#running.set(key, lookup);
    }
    return await lookup.join(request.signal);
  }

  /**
   * Uses a grant. That of a single-use token can be used only once.
   *
   * @throws EndError `token_invalid` when it was used, and `lookup_failed` when that cannot be told; the store's own, such
   *   as `server_busy`, where it throws one.
   */
  async use({ singleUse, tokenId, expiresAt, issuer }: SettledGrant): Promise<void> {
    if (singleUse !== true) return;
    await refuseUsed(this.#uses.useOnce(tokenId, expiresAt, issuer).then((isFirst) => !isFirst));
  }

  /** Refuses a grant that {@link use} would refuse now, without using it. */
  async refuseUsed({ singleUse, tokenId, issuer }: SettledGrant): Promise<void> {
    if (singleUse === true) await refuseUsed(this.#uses.wasUsed?.(tokenId, issuer));
  }

  get #uses(): SingleUses {
    return (this.#singleUses ??= UsedTokensTable.inMemory());
  }

  /** The grant of a token that the store itself has issued; undefined where something has to be waited for. */
  #resolveNow(digest: Buffer): SettledGrant | undefined {
    const { immediate } = this.#options.tokens;
    if (immediate === undefined) return undefined;
    const startedAt = performance.now();
    let grant: Grant | undefined;
    try {
      grant = immediate.resolveNow(digest);
    } catch {
      return undefined;
    }
    if (grant?.expiresAt === undefined) return undefined;
    this.#options.timings?.get(STORE_NAME)?.durations.add((performance.now() - startedAt) / 1000);
    return this.#settle(grant, grant.expiresAt, digest, true);
  }

  #begin(
    token: string,
    digest: Buffer,
    key: string,
    { clientAddress, origin, consoleType, isRenewal }: LookupRequest,
  ): SharedLookup<SettledGrant | undefined> {
    const lookup = new SharedLookup(
      async (signal, late) => {
        const context = { clientAddress, origin, consoleType, signal };
        const bounded = async <T>(slots: LookupSlots, step: () => Promise<T>): Promise<T> => {
          const release = isRenewal ? undefined : await slots.acquire(clientGroup(clientAddress), signal);
          try {
            // The slot is held until the step is done, even if a source ignores the signal, or is late.
            return await Promise.race([step(), late]);
          } finally {
            release?.();
          }
        };
        return await this.#lookUp({ token, digest, key, context, late, bounded });
      },
      LOOKUP_MS,
      () => {
        if (this.#running.get(key) === lookup) this.#running.delete(key);
      },
    );
    return lookup;
  }

  async #lookUp(lookup: Lookup): Promise<SettledGrant | undefined> {
    const grant = await this.#find(lookup);
    if (grant === undefined) return undefined;
    const said = grant.expiresAt;
    const wall = said ?? (await this.#firstUse(lookup)) + this.#tokenTtlMs;
    return this.#settle(grant, wall, lookup.digest, said !== undefined);
  }

  #settle(grant: Grant, wall: number, digest: Buffer, mayMove: boolean): SettledGrant {
    return { ...grant, expiresAt: this.#expiries.settle(digest, wall, mayMove) };
  }

  async #firstUse({ digest, bounded }: Lookup): Promise<number> {
    // The database in memory is made by the first grant that needs it.
    const firstUses = (this.#firstUses ??= FirstUsesTable.inMemory());
    return await bounded(this.#storeSlots, async () => await firstUses.firstUse(digest, this.#options.clock.wall()));
  }

  async #find(lookup: Lookup): Promise<Grant | undefined> {
    const { key, context, bounded } = lookup;
    const { store } = this.#options.tokens;
    const sources = this.#sources;
    const own = store && (await bounded(this.#storeSlots, async () => await this.#askStore(store, lookup, sources)));
    const busy = own instanceof EndError ? own : undefined;
    if (own !== undefined && !(own instanceof EndError)) return own;
    if (sources.length === 0 || (busy === undefined && this.#unknown.has(key))) return undefined;
    return await bounded(this.#sourceSlots, async () => {
      for (const { name, source } of sources) {
        context.signal.throwIfAborted();
        const grant = await this.#ask(name, source, lookup);
        if (grant === undefined) continue;
        if (grant.tokenId !== idOfDigest(lookup.digest)) lookup.digest = sha256(grant.tokenId);
        return grant;
      }
      if (busy !== undefined) throw busy;
      this.#unknown.add(key);
      return undefined;
    });
  }

  /** @returns why the store cannot tell, where the token may be of one of the sources all the same. */
  async #askStore(
    store: LookupStore,
    lookup: Lookup,
    { length: others }: OpenedTokens["sources"],
  ): Promise<Grant | EndError | undefined> {
    return await this.#ask(STORE_NAME, store, lookup).catch((error: unknown) => {
      const mayPass = store.othersMayKnow === true && others > 0;
      if (mayPass && error instanceof EndError && error.reason === "server_busy") return error;
      throw error;
    });
  }

  /** Asks one source, and measures that; one that does not answer in time has failed. */
  async #ask(name: string, source: TokenSource, { token, context, late }: Lookup): Promise<Grant | undefined> {
    const work = async (): Promise<Grant | undefined> => await Promise.race([source.resolve(token, context), late]);
    const timing = this.#options.timings?.get(name);
    if (timing === undefined) return await work();
    // A token that is refused is an answer, too: only a lookup without one has failed.
    const answer = await timing.time(async () => await work().catch(keepRefusal));
    if (answer instanceof EndError) throw answer;
    return answer;
  }
}

function keepRefusal(error: unknown): EndError {
  // A store that cannot be asked has given no answer.
  if (error instanceof EndError && error.reason !== "server_busy") return error;
  throw error;
}

async function refuseUsed(used: Promise<boolean> | undefined): Promise<void> {
  const wasUsed = await used?.catch((cause: unknown) => {
    if (cause instanceof EndError) throw cause;
    throw new EndError("lookup_failed", "the gateway cannot tell whether the token was used", { cause });
  });
  if (wasUsed === true) throw new EndError("token_invalid", "the token was used already");
}

function keepsFirstUses(store: Partial<FirstUses>): store is FirstUses {
  return store.firstUse !== undefined;
}
