import { logError, type Logger } from "../telemetry/log.ts";
import type { EndCommand } from "./selection.ts";
import { inTime } from "../time/in-time.ts";
import { IssuerAway, type TokenRecord, type TokenStore } from "../tokens/store.ts";
import type { SessionControl, SessionsEnded } from "./session-control.ts";

/** How long the store may take to write a revocation, in milliseconds. */
const WRITE_MS = 5000;

/** How many revocations may wait for the store. */
const MAX_UNWRITTEN = 1000;

/** The pause before the next attempt to write, in milliseconds: it doubles from the first to the last. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/** What the sessions of a revoked token are told. */
export const TOKEN_REVOKED: EndCommand = { reason: "session_terminated", detail: "the token was revoked" };

/** What a {@link TokenRevoker} is made with. */
export interface TokenRevokerOptions {
  /** Undefined where tokens are only looked up. */
  readonly store: Pick<TokenStore, "revoke"> | undefined;
  readonly control: Pick<SessionControl, "end">;
  readonly log: Logger;
  /** Test seam. @defaultValue from 250 ms to 10 s */
  readonly retryMs?: { readonly first: number; readonly last: number };
}

/** What a revocation did. */
export interface Revocation extends SessionsEnded {
  /** The token; undefined where the store has no such token, or could not write. */
  readonly record: TokenRecord | undefined;
  /** Why the store has not written it; undefined once it has. */
  readonly unwritten: string | undefined;
  /** Whether it is kept, also over a restart, for another gateway, which issued the token and is away. */
  readonly isKept: boolean;
}

/** What the store has written. */
type Written = Pick<Revocation, "record" | "unwritten" | "isKept">;

/**
 * Revokes tokens: first ends their sessions and has every process refuse them, then writes to the store. What the store
 * cannot write now it is asked again, with the sessions ended again each time, until it does.
 */
export class TokenRevoker {
  readonly #options: TokenRevokerOptions;
  readonly #firstRetryMs: number;
  readonly #lastRetryMs: number;
  /** The ids of revoked tokens that the store does not know to be revoked. */
  readonly #unwritten = new Set<string>();
  /** The ids of those that are being written. */
  readonly #writing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: TokenRevokerOptions) {
    this.#options = options;
    this.#firstRetryMs = options.retryMs?.first ?? FIRST_RETRY_MS;
    this.#lastRetryMs = options.retryMs?.last ?? LAST_RETRY_MS;
  }

  /** The ids of the tokens whose revocation only the gateway's processes know. */
  get unwritten(): readonly string[] {
    return [...new Set([...this.#writing, ...this.#unwritten])];
  }

  async revoke(tokenId: string): Promise<Revocation> {
    // First, so that a worker which starts meanwhile learns of it.
    this.#writing.add(tokenId);
    try {
      return await this.#revoke(tokenId);
    } finally {
      this.#writing.delete(tokenId);
    }
  }

  async #revoke(tokenId: string): Promise<Revocation> {
    // Every process is told before the store is asked; one that hangs does not hold up the write.
    const [ended, [written]] = await Promise.all([this.#end(tokenId), Promise.allSettled([this.#write(tokenId)])]);
    if (written.status === "fulfilled") return { ...ended, ...written.value };
    return { ...ended, record: undefined, unwritten: this.#keep(tokenId, written.reason), isKept: false };
  }

  /** Keeps a revocation to be written later. Returns why it was not written now. */
  #keep(tokenId: string, error: unknown): string {
    const { log } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#unwritten.has(tokenId) && this.#unwritten.size >= MAX_UNWRITTEN) {
      logError(log, { level: "error", error, token_id: tokenId }, "revocation not written, and not tried again");
      return `${reason}; too many wait to be written, so revoke it again`;
    }
    this.#unwritten.add(tokenId);
    logError(log, { level: "error", error, token_id: tokenId }, "revocation not written, is tried again");
    this.#retryIn(this.#firstRetryMs);
    return `${reason}; it is tried again`;
  }

  /**
   * Rejects while revocations are not written: after a restart those tokens would be valid again. Those that are kept for
   * another gateway do not count: that one's failure is not to take this one out of service.
   */
  async health(): Promise<void> {
    const { size } = this.#unwritten;
    if (size > 0) throw new Error(`${size === 1 ? "1 revocation is" : `${size} revocations are`} not written`);
  }

  /** Tries a last time to write. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#writeAll();
    if (this.#unwritten.size === 0) return;
    this.#options.log.error({ token_ids: [...this.#unwritten] }, "revocations lost: these tokens are valid again");
  }

  async #end(tokenId: string): Promise<SessionsEnded> {
    return await this.#options.control.end({ by: "token", tokenId }, TOKEN_REVOKED);
  }

  async #write(tokenId: string): Promise<Written> {
    const { store, log } = this.#options;
    try {
      const record = await inTime(async () => await store?.revoke(tokenId), WRITE_MS);
      if (this.#unwritten.delete(tokenId)) log.info({ token_id: tokenId }, "revocation written");
      return { record, unwritten: undefined, isKept: false };
    } catch (error) {
      if (!(error instanceof IssuerAway)) throw error;
      this.#unwritten.delete(tokenId);
      logError(
        log,
        { level: "warn", error, token_id: tokenId },
        "revocation waits for the gateway that issued the token",
      );
      return { record: undefined, unwritten: error.message, isKept: true };
    }
  }

  #retryIn(delayMs: number): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#retry(delayMs);
    }, delayMs).unref();
  }

  async #retry(lastDelayMs: number): Promise<void> {
    // A process that hangs does not hold up the write.
    await Promise.all([this.#endAll(), this.#writeAll()]);
    if (this.#unwritten.size > 0) this.#retryIn(Math.min(lastDelayMs * 2, this.#lastRetryMs));
  }

  /** The processes remember a revocation only for a while. */
  async #endAll(): Promise<void> {
    // Also those that are written meanwhile.
    const tokenIds = [...this.#unwritten];
    for (const tokenId of tokenIds) await this.#end(tokenId).catch(() => undefined);
  }

  /** Until the first failure: the others would fail as well. */
  async #writeAll(): Promise<void> {
    try {
      for (const tokenId of this.#unwritten) await this.#write(tokenId);
    } catch {
      // It was logged when it failed first, and `/readyz` says it.
    }
  }
}
