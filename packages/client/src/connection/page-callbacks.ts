import { messageOf } from "../util/report-error.ts";
import type { Log } from "./log.ts";
import type { Effect, MachineEvent } from "./machine/types.ts";
import type { ConsoleOptions } from "./model/options.ts";
import type { SessionInfo } from "./model/state.ts";
import { type Access, isFinal, requestAccess } from "./request-access.ts";

type AuthorizeEffect = Extract<Effect, { type: "authorize" }>;
type FetchTokenEffect = Extract<Effect, { type: "fetchToken" }>;

/** Calls what the page gave to get access: `authorize` and `renew`. */
export class PageCallbacks {
  readonly #options: Pick<ConsoleOptions, "authorize" | "renew">;
  readonly #log: Log;
  readonly #dispatch: (event: MachineEvent) => void;
  #pending = new AbortController();
  #authorizeError: unknown;
  /** The token for a lost session, which replaces that of `authorize()` until the session is open again. */
  #replacement: string | undefined;

  constructor(options: ConsoleOptions, log: Log, dispatch: (event: MachineEvent) => void) {
    this.#options = options;
    this.#log = log;
    this.#dispatch = dispatch;
  }

  /** What the last call of `authorize()` threw. */
  get authorizeError(): unknown {
    return this.#authorizeError;
  }

  /** The answers are no longer wanted. */
  cancel(): void {
    this.#pending.abort();
  }

  /** The session is open or over. */
  forget(): void {
    this.#replacement = undefined;
  }

  async authorize({ attemptId, attempt, cause, renews }: AuthorizeEffect): Promise<void> {
    const signal = this.#begin();
    this.#authorizeError = undefined;
    let access: Access;
    try {
      const token = renews && (await this.#renewLost(renews, signal));
      signal.throwIfAborted();
      this.#replacement = token ?? this.#replacement;
      const context = { cause: cause ?? null, attempt, signal };
      access = await requestAccess(this.#options.authorize, context, this.#replacement);
    } catch (error) {
      if (signal.aborted) return;
      this.#authorizeError = error;
      if (error instanceof NotRenewed && cause) {
        const detail = this.#warn(error.message);
        this.#dispatch({ type: "lostNotRenewed", attemptId, detail, cause });
      } else {
        const detail = this.#warn(messageOf(error), "authorize() failed: ");
        this.#dispatch({ type: "authorizeFailed", attemptId, detail, stop: isFinal(error) });
      }
      return;
    }
    this.#log.rememberSecrets(...access.secrets);
    this.#dispatch({ type: "authorized", attemptId, webSocket: access.webSocket, expiresInMs: access.expiresInMs });
  }

  async fetchToken({ attemptId, id, session }: FetchTokenEffect): Promise<void> {
    const signal = this.#begin();
    let token: string | undefined;
    try {
      token = await this.#options.renew?.({ session, signal });
    } catch (error) {
      if (!signal.aborted) this.#warn(messageOf(error), RENEW_FAILED);
      this.#dispatch({ type: "tokenFetchFailed", attemptId, id, cause: error });
      return;
    }
    if (typeof token === "string") this.#log.rememberSecrets(token);
    this.#dispatch({ type: "tokenFetched", attemptId, id, token: token ?? "" });
  }

  #begin(): AbortSignal {
    this.#pending = new AbortController();
    return this.#pending.signal;
  }

  /** Asks for a token to go on with a session whose connection was lost. */
  async #renewLost(session: SessionInfo, signal: AbortSignal): Promise<string> {
    let token: string | undefined;
    try {
      token = await this.#options.renew?.({ session, signal });
    } catch (cause) {
      throw new NotRenewed(RENEW_FAILED + messageOf(cause), { cause });
    }
    if (typeof token !== "string" || token === "") throw new NotRenewed(`${RENEW_FAILED}expected a token`);
    this.#log.rememberSecrets(token);
    return token;
  }

  /** Writes a warning, and returns the message without secrets. */
  #warn(message: string, before = ""): string {
    const detail = this.#log.redact(message);
    this.#log.write("warn", before + detail);
    return detail;
  }
}

const RENEW_FAILED = "the renew callback failed: ";

/** `renew` gave no token for a lost session. */
class NotRenewed extends Error {}
