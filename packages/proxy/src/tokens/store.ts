import type { Endpoint } from "../net/endpoint.ts";
import type { PageRequest } from "../paging.ts";
import type { Access, ConsoleType, Grant } from "./grant.ts";
import type { LockStore } from "./lock.ts";
import type { FirstUses, SingleUses, TokenSource } from "./source.ts";

/** The longest lifetime of a token, in seconds: a hundred years, well within what a date can represent. */
export const MAX_LIFETIME_SECONDS: number = 100 * 365 * 24 * 60 * 60;

/** What to issue a token for. */
export interface TokenRequest {
  readonly type: ConsoleType;
  readonly endpoint: Endpoint;
  /** Lifetime in milliseconds. */
  readonly ttlMs: number;
  readonly instance?: string | undefined;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  /** @defaultValue "control" */
  readonly access?: Access | undefined;
  /** As in the grant. @defaultValue false */
  readonly singleUse?: boolean | undefined;
  /** As in the grant. @defaultValue no such limit */
  readonly maxSessions?: number | undefined;
}

/** A token as the admin API shows it; never the token itself. */
export interface TokenRecord extends Grant {
  readonly expiresAt: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

/**
 * Where the gateway keeps the tokens that it issues itself. A store that also keeps first uses, uses of single-use tokens
 * and locks keeps them for all processes and restarts that share it; without that, each gateway remembers them in memory.
 */
export interface TokenStore extends TokenSource, Partial<FirstUses>, Partial<SingleUses>, Partial<LockStore> {
  /** Issues a token. The returned `token` is the only copy. */
  issue(request: TokenRequest): Promise<{ readonly token: string; readonly record: TokenRecord }>;
  /** The record with this id. */
  get(tokenId: string): Promise<TokenRecord | undefined>;
  /** The record of this token. */
  find(token: string): Promise<TokenRecord | undefined>;
  /**
   * Tokens that are neither expired nor revoked, newest first.
   *
   * @throws BadPage when there can be no such page.
   */
  list(page?: PageRequest): Promise<TokenPage>;
  /**
   * Revokes a token; `undefined` when there is none with this id. Revoking twice keeps the first instant. While this
   * rejects, the gateway ends the sessions all the same, refuses the token, and calls again.
   *
   * @throws IssuerAway where the store keeps the revocation for another gateway: it need not be called again.
   */
  revoke(tokenId: string): Promise<TokenRecord | undefined>;
  /**
   * Calls `listener` with the id of each token that another gateway has revoked in this store, within a second. A store
   * that several gateways share must do this: each gateway ends only its own sessions.
   */
  onRevoked?(listener: (tokenId: string) => void): void;
}

/** Part of the list of tokens. */
export interface TokenPage {
  readonly tokens: readonly TokenRecord[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: string | undefined;
}

/** The token store cannot do what it was asked now, such as while its disk is full. */
export class StoreError extends Error {
  override readonly name = "StoreError";

  /** @param detail - why, in the words of the database. */
  constructor(detail: string) {
    super(`the token store failed: ${detail}`);
  }
}

/** Another gateway, which may have issued the token, does not answer. Nothing is wrong with the store of this one. */
export class IssuerAway extends StoreError {
  /** @param detail - which one, and why. */
  constructor(detail: string) {
    super(detail);
    this.message = detail;
  }
}

/** Whether a source is a store, too. */
export function isTokenStore(source: TokenSource): source is TokenStore {
  return "issue" in source;
}
