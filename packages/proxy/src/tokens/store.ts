import type { Endpoint } from "../net/endpoint.ts";
import type { Access, ConsoleType, Grant } from "./grant.ts";
import type { FirstUses, TokenSource } from "./source.ts";

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
}

/** A token as the admin API shows it; never the token itself. */
export interface TokenRecord extends Grant {
  readonly expiresAt: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

/**
 * Where the gateway keeps the tokens that it issues itself. A store that also keeps first uses keeps them for all
 * processes and restarts that share it; without that, each gateway remembers them in memory.
 */
export interface TokenStore extends TokenSource, Partial<FirstUses> {
  /** Issues a token. The returned `token` is the only copy. */
  issue(request: TokenRequest): Promise<{ readonly token: string; readonly record: TokenRecord }>;
  /** The record with this id. */
  get(tokenId: string): Promise<TokenRecord | undefined>;
  /** The record of this token. */
  find(token: string): Promise<TokenRecord | undefined>;
  /** Tokens that are neither expired nor revoked, newest first. */
  list(): Promise<readonly TokenRecord[]>;
  /** Revokes a token; `undefined` when there is none with this id. Revoking twice keeps the first instant. */
  revoke(tokenId: string): Promise<TokenRecord | undefined>;
}

/** Whether a source is a store, too. */
export function isTokenStore(source: TokenSource): source is TokenStore {
  return "issue" in source;
}
