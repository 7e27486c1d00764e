import type { Endpoint } from "../net/endpoint.ts";
import type { Access, ConsoleType, Grant } from "./grant.ts";
import type { TokenSource } from "./source.ts";

/** The longest lifetime that can be asked for, in seconds: a hundred years, well within what a date can represent. */
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

/** A token source that can also issue, list and revoke. */
export interface TokenStore extends TokenSource {
  /** Issues a token. The returned `token` is the only copy. */
  issue(request: TokenRequest): Promise<{ readonly token: string; readonly record: TokenRecord }>;
  /** The record with this id. */
  get(tokenId: string): Promise<TokenRecord | undefined>;
  /** The record of this token. */
  find(token: string): Promise<TokenRecord | undefined>;
  /** Tokens that are neither expired nor revoked, newest first. */
  list(): Promise<readonly TokenRecord[]>;
  /** Revokes a token; `undefined` when there is none of this id. Revoking twice keeps the first instant. */
  revoke(tokenId: string): Promise<TokenRecord | undefined>;
}
