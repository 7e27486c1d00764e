import type { CloseInfo } from "./close-info.ts";
import type { ConnectInfo } from "./connect-info.ts";
import type { SessionInfo } from "./state.ts";

/** The argument of {@link ConsoleOptions.authorize}. */
export interface AuthorizeContext {
  /** Why the last connection ended; null for the first attempt. */
  readonly cause: CloseInfo | null;
  /** See {@link ConsoleState}. */
  readonly attempt: number;
  /** Aborted when the result is no longer needed. */
  readonly signal: AbortSignal;
}

/** The argument of a {@link ReconnectPolicy}. */
export interface ReconnectContext {
  /** The attempt to decide about: 2 is the first retry. */
  readonly attempt: number;
  /** Milliseconds since the first failure in a row. A connection that lasted 10 s ends the row. */
  readonly elapsedMs: number;
  /** Why the last attempt or connection ended. */
  readonly cause: CloseInfo;
}

/** Returns the milliseconds until the next attempt, or null to give up. */
export type ReconnectPolicy = (context: ReconnectContext) => number | null;

/** Severity of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Receives one structured log line. Tokens and query strings are redacted before. An error that it
 * throws is reported as an uncaught error and does not affect the connection.
 */
export type LogSink = (level: LogLevel, message: string, context: Readonly<Record<string, unknown>>) => void;

/** Options of a {@link ConsoleConnection}; every view has them too. */
export interface ConsoleOptions {
  /**
   * Returns where to connect. Errors are retried with back-off. Some end in the state `closed` with the
   * reason `authorize_failed`: {@link StopRetrying}, an error whose `status`, `statusCode` or
   * `response.status` is an HTTP status of 4xx that a later attempt does not change (all but 408, 425
   * and 429), and a SyntaxError, as `response.json()` throws it for a page of HTML.
   */
  authorize: (context: AuthorizeContext) => ConnectInfo | Promise<ConnectInfo>;
  /**
   * Returns a new token to renew the session in place. Called by {@link ConsoleConnection.renew}
   * without a token and, with `autoRenew`, at each warning. Also called once if the token has expired when
   * the SDK connects again after a loss, unless the session was over by then; the token replaces that of
   * `authorize()`, and the event `renewed` follows. `signal` is aborted when the connection ends first.
   */
  renew?: (context: { readonly session: SessionInfo; readonly signal: AbortSignal }) => string | Promise<string>;
  /**
   * Renews the session at each warning, and calls `authorize()` once at once when the token has
   * expired; again only after a connection that lasted 10 s. Without it an expired session ends in
   * the state `closed`, so that the page can ask the user.
   * @defaultValue false
   */
  autoRenew?: boolean;
  /** Milliseconds before the end at which `expiring` fires if the gateway sent no warning. @defaultValue 60_000 */
  warnBeforeMs?: number;
  /** When to connect again; `false` for never. @defaultValue `backoff()` */
  reconnect?: ReconnectPolicy | false;
  /** Milliseconds that the socket has to open. @defaultValue 10_000 */
  connectTimeoutMs?: number;
  /**
   * Milliseconds from the open socket until the gateway's `hello`. The viewer's handshake then has
   * the same time again. Keep it longer than the gateway takes to look up the token and to dial the
   * target, so that the gateway's own reason for a failure arrives first.
   * @defaultValue 30_000
   */
  helloTimeoutMs?: number;
  /**
   * Milliseconds that `authorize` and `renew` have to answer. Their `signal` is aborted then, and the
   * attempt or the renewal has failed. Make it longer where `authorize` asks the user; 0 for no limit.
   * @defaultValue 60_000
   */
  callbackTimeoutMs?: number;
  /**
   * Milliseconds between pings; 0 turns off liveness checks, `latency` and `unresponsive`. After an
   * answer that took more than 1.5 s the next ping is sent 1.5 s later, if that is sooner.
   * @defaultValue 15_000
   */
  pingIntervalMs?: number;
  /**
   * Whether `connected` waits for {@link ConsoleConnection.viewerReady}. The views of this package
   * set it; otherwise the gateway's `hello` is enough.
   * @defaultValue false
   */
  waitForViewer?: boolean;
  /** Ends the connection as `close()` does. */
  signal?: AbortSignal;
  /** Receives log lines. @defaultValue warnings and errors to the browser's console */
  log?: LogSink;
  /** Creates the socket, for tests and unusual transports. @defaultValue `new WebSocket(url, protocols)` */
  webSocket?: (url: string, protocols: string[]) => WebSocket;
}
