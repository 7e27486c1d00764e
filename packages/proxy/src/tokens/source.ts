import type { ConsoleType, Grant } from "./grant.ts";

/** What a lookup is for. */
export interface LookupContext {
  /** IP address of the client, as its connection shows it. */
  readonly clientAddress: string;
  /** The `Origin` header of the client's request; undefined if there was none. */
  readonly origin: string | undefined;
  /** The type of console that the client asks for with `?type=`, which most clients leave out. The grant decides. */
  readonly consoleType?: ConsoleType | undefined;
  /**
   * Aborted when the answer is no longer needed: the session has ended, or the lookup took longer than the gateway
   * waits. Pass it on to requests and queries.
   */
  readonly signal: AbortSignal;
}

/** Where grants of tokens are looked up that another system issues. */
export interface TokenSource {
  /**
   * The grant of a token, or `undefined` for an unknown or revoked one. Return an expired grant for as long as the
   * source knows it: the gateway compares `expiresAt` and can then answer `token_expired` instead of `token_invalid`.
   *
   * A source of this package that knows the token but refuses it rejects with an `EndError`, whose reason and words the
   * client gets. Any other rejection means that the source could not tell. The client is then
   * refused with `lookup_failed`, and no other source is asked.
   */
  resolve(token: string, context: LookupContext): Promise<Grant | undefined>;
  /**
   * Rejects, with the cause, while lookups would fail. `/readyz` asks.
   *
   * @param signal - aborted when the answer comes too late.
   */
  health?(signal: AbortSignal): Promise<void>;
  /**
   * Calls `listener` with what an operator should mend although lookups go on, such as a line that cannot be read. The
   * words name no token.
   */
  onProblem?(listener: (problem: string) => void): void;
  /** Releases files and connections. */
  close?(): Promise<void>;
}

/** Answers without waiting, which spares a session most of what a lookup costs. */
export interface ImmediateLookups {
  /**
   * The grant of a token, as {@link TokenSource.resolve} gives it.
   *
   * @param digest - SHA-256 of the token.
   * @throws Error when that cannot be told at once; `resolve` can then tell it.
   */
  resolveNow(digest: Uint8Array): Grant | undefined;
}

/** Keeps when tokens were used first, for grants whose source gives no expiry. */
export interface FirstUses {
  /**
   * When a token was used first: now, unless there was an earlier use.
   *
   * @param digest - SHA-256 of the token.
   * @param now - milliseconds since the epoch.
   * @returns milliseconds since the epoch.
   */
  firstUse(digest: Uint8Array, now: number): Promise<number>;
}

/** Keeps which single-use tokens were used. */
export interface SingleUses {
  /**
   * Marks a token as used.
   *
   * @param tokenId - the id of its grant.
   * @param expiresAt - when its access ends, in milliseconds since the epoch: until then at least it is kept.
   * @param issuer - as in the grant.
   * @returns whether this was its first use.
   */
  useOnce(tokenId: string, expiresAt: number, issuer?: string): Promise<boolean>;
  /**
   * Whether a token was used, without using it. Without this, a token that was used may end the session which it would
   * replace before it is refused.
   */
  wasUsed?(tokenId: string, issuer?: string): Promise<boolean>;
}
