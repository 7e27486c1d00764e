import type { Address } from "../config/address.ts";

/** What kind of console a token opens; decides what the page shows and what counts as input. */
export type ConsoleType = "vnc" | "serial";

/** What a token entitles to (Nova's *connect info*). */
export interface Grant {
  /** Names the token in the API and the log without revealing it. */
  readonly tokenId: string;
  readonly type: ConsoleType;
  readonly target: Address;
  /** The virtual machine, as its owner's system calls it. */
  readonly instance: string | undefined;
  /** The machine's name for people. */
  readonly name: string | undefined;
  /**
   * When access ends, in milliseconds since the epoch; `undefined` where the source has no expiry,
   * which then is `consoleauth.token_ttl` after the opening.
   */
  readonly expiresAt: number | undefined;
}

/** Where grants are looked up. */
export interface TokenSource {
  /**
   * The grant of a token, or `undefined` for an unknown or revoked one. An expired grant is
   * returned while the source still knows it: the gateway compares `expiresAt` and can then say
   * `token_expired` instead of `token_invalid`.
   *
   * May reject when the source does not answer; the client is then told `server_busy`.
   */
  resolve(token: string): Promise<Grant | undefined>;
  /** Releases files and connections. */
  close(): Promise<void>;
}

/** What to issue a token for. */
export interface TokenRequest {
  readonly type: ConsoleType;
  readonly target: Address;
  /** Lifetime in milliseconds. */
  readonly ttlMs: number;
  readonly instance?: string | undefined;
  readonly name?: string | undefined;
}

/** A token as the operator's API shows it; never the token itself. */
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
