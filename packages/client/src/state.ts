import type { ConsoleChannel } from "./channel.ts";
import type { CloseInfo } from "./close-info.ts";
import type { ConsoleError } from "./errors.ts";

/** What the gateway said about the running session. */
export interface SessionInfo {
  /** The gateway's name for the session, as in its log. */
  readonly id: string;
  /** When the session ends, on the clock of `performance.now()` (milliseconds); null when nothing will cut it. */
  readonly expiresAt: number | null;
  /** True from the first warning until renewed or over. */
  readonly expiring: boolean;
  /** Whether the gateway would accept a new token for the running session. */
  readonly renewable: boolean;
  /** True while a renewal is under way. */
  readonly renewing: boolean;
}

/**
 * Where a connection stands. `attempt` is 1 for a first opening, 2 for the first retry, and so on;
 * it counts from 1 again after a connection that held for 10 s. `session` is null on servers that do not
 * speak `curfew.v1` (websockify, Nova).
 */
export type ConsoleState =
  | { readonly status: "idle" }
  | { readonly status: "connecting"; readonly attempt: number }
  | { readonly status: "connected"; readonly session: SessionInfo | null }
  | {
      readonly status: "reconnecting";
      /** The attempt that comes next. */
      readonly attempt: number;
      /** When the next attempt comes, on the clock of `performance.now()` (milliseconds): to count down to. */
      readonly retryAt: number;
      /** Milliseconds from the moment this state was entered until the next attempt. */
      readonly retryInMs: number;
      /** Why the last attempt or connection ended. */
      readonly cause: CloseInfo;
    }
  | { readonly status: "closed"; readonly cause: CloseInfo };

/** See {@link ConsoleConnection.statistics}. */
export interface ConnectionStatistics {
  /** Bytes of the console's output; control messages are not counted. */
  readonly bytesReceived: number;
  /** Bytes sent to the console. */
  readonly bytesSent: number;
  /** The last round trip to the gateway in milliseconds; null while not connected, and without `curfew.v1`. */
  readonly roundTripMs: number | null;
}

/** Events of {@link ConsoleConnection.on}, with what their listeners receive. */
export interface ConsoleEvents {
  /** Every transition, in order, exactly once. */
  state: ConsoleState;
  /** The socket of an attempt was created. A viewer that takes a socket which is not open yet is ready sooner. */
  opening: ConsoleChannel;
  /** The socket of an attempt is open: attach a viewer to its channel now. */
  channel: ConsoleChannel;
  /** The session will end in `expiresInMs` unless it is renewed. May come several times. */
  expiring: { readonly expiresInMs: number; readonly renewable: boolean };
  /** The session was renewed in place; it now ends in `expiresInMs`, or never (null). */
  renewed: { readonly expiresInMs: number | null };
  /**
   * A renewal failed, an automatic one too; the old deadline stands. When the connection ends during
   * a renewal, `state` tells instead.
   */
  renewfailed: ConsoleError;
  /** The end: no more attempts. Fires once for each `connect()` that was begun. */
  closed: CloseInfo;
  /** Round trip of a ping to the gateway, in milliseconds. */
  latency: { readonly rttMs: number };
  /**
   * A ping has been without an answer for `waitedMs` milliseconds, which is 1.5 s or little more: what is typed now may
   * arrive late. `latency` comes with the answer; the connection is lost when nothing arrives for 10 s after the ping.
   */
  unresponsive: { readonly waitedMs: number };
}
