import type { CloseInfo } from "./close-info.ts";
import type { SessionInfo } from "./state.ts";

/** Where to connect. Asked for afresh on every attempt, so a token is never stale. */
export interface Grant {
  /** `ws:` or `wss:`; `http:`, `https:` and relative URLs are resolved against the page. */
  readonly url: string | URL;
  /**
   * The token, when it is not part of `url`. It travels in the subprotocol list, which access logs
   * and browser histories do not keep as they do URLs. Only gateways that speak `curfew.v1` read it.
   */
  readonly token?: string;
}

/** What {@link ConsoleOptions.authorize} is told. */
export interface AuthorizeContext {
  /** Why the last connection ended; null on a first opening. */
  readonly cause: CloseInfo | null;
  /** See {@link ConsoleState}. */
  readonly attempt: number;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** What a {@link ReconnectPolicy} is told. */
export interface ReconnectContext {
  /** The attempt that it decides about: 2 is the first retry. */
  readonly attempt: number;
  /** Milliseconds since the first failure in this row of failures; a connection that held for 10 s ends the row. */
  readonly elapsedMs: number;
  /** Why the last attempt or connection ended. */
  readonly cause: CloseInfo;
}

/** Milliseconds until the next attempt, or null to give up. */
export type ReconnectPolicy = (context: ReconnectContext) => number | null;

/** Severity of a line for a {@link LogSink}. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * One structured line. Tokens and query strings are redacted before this is called. An error that
 * it throws is reported as an uncaught one and does not disturb the connection.
 */
export type LogSink = (level: LogLevel, message: string, context: Readonly<Record<string, unknown>>) => void;

/** Options of a {@link ConsoleConnection}; every view takes them too. */
export interface ConsoleOptions {
  /**
   * Returns where to connect. An ordinary error is retried with back-off; throw
   * {@link StopRetrying} to end in `closed` with the reason `authorize_failed`.
   */
  authorize: (context: AuthorizeContext) => Grant | Promise<Grant>;
  /**
   * Returns a new token for renewing the session in place. Called by
   * {@link ConsoleConnection.renew} without a token and, with `autoRenew`, at each warning.
   * `signal` is aborted when the connection ends first.
   */
  renew?: (context: { readonly session: SessionInfo; readonly signal: AbortSignal }) => string | Promise<string>;
  /**
   * Renew at each warning, and call `authorize()` again at once when the token is over: once, and
   * again only after a connection that held for 10 s. Without it an expired session ends in
   * `closed`, so that the page can ask.
   * @defaultValue false
   */
  autoRenew?: boolean;
  /** Milliseconds before the end at which `expiring` fires if the gateway sent no warning. @defaultValue 60_000 */
  warnBeforeMs?: number;
  /** `false` never reconnects. @defaultValue `backoff()` */
  reconnect?: ReconnectPolicy | false;
  /** Milliseconds from creating the socket until it is open. @defaultValue 10_000 */
  connectTimeoutMs?: number;
  /**
   * Milliseconds from the open socket until the gateway's `hello`; the viewer's handshake then has
   * the same time once more. Longer than the gateway takes to look up the token and to dial the
   * target, so that the gateway's own reason for a failure arrives first.
   * @defaultValue 30_000
   */
  helloTimeoutMs?: number;
  /**
   * Milliseconds between pings; 0 turns liveness checks, `latency` and `unresponsive` off. After an answer that took more
   * than 1.5 s the next ping comes 1.5 s later, if that is sooner.
   * @defaultValue 15_000
   */
  pingIntervalMs?: number;
  /**
   * Whether `connected` waits for {@link ConsoleConnection.viewerReady}. The views of this package
   * set it; without a viewer the gateway's `hello` is enough.
   * @defaultValue false
   */
  waitForViewer?: boolean;
  /** Ends the connection as `close()` would. */
  signal?: AbortSignal;
  /** @defaultValue warnings and errors to the browser's console */
  log?: LogSink;
  /** Creates the socket; for tests and unusual transports. @defaultValue `new WebSocket(url, protocols)` */
  webSocket?: (url: string, protocols: string[]) => WebSocket;
}
