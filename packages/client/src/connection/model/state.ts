import type { ConsoleChannel } from "../channel/channel.ts";
import type { CloseInfo } from "./close-info.ts";
import type { ConsoleError } from "./errors.ts";

/** The question whether another session may take this one's place: see {@link ConsoleConnection.answerTakeover}. */
export interface TakeoverRequest {
  /** Whose session it is, where the gateway knows: safe to show as text. */
  readonly user: string | null;
  /** When the question lapses, and this session goes on; on the clock of `performance.now()` (milliseconds). */
  readonly endsAt: number;
}

/** The running session, as the gateway describes it. */
export interface SessionInfo {
  /** The gateway's ID of the session, as in its log; null on servers that do not speak `curfew.v1`. */
  readonly id: string | null;
  /**
   * When the session ends, on the clock of `performance.now()` (milliseconds); null if it has no end. That clock stands
   * still in some browsers while the computer sleeps; the SDK then moves this value when it wakes. For a countdown use
   * {@link ConsoleConnection.timeLeft} or the event `tick`.
   */
  readonly expiresAt: number | null;
  /** True from the first warning until the session is renewed or over. */
  readonly expiring: boolean;
  /** Whether the gateway accepts a new token for the running session. */
  readonly renewable: boolean;
  /** True while a renewal is in progress. */
  readonly renewing: boolean;
  /** What the gateway lets the user do: with `view` it drops all input. `control` on servers that do not say so. */
  readonly access: "control" | "view";
  /** How long the session may be without input before it ends, in milliseconds; null if it has no such limit. */
  readonly idleTimeoutMs: number | null;
  /**
   * When the session ends unless there is input, on the clock of `performance.now()` (milliseconds). Null before the
   * warning, and again after input: see {@link ConsoleConnection.stillHere}.
   */
  readonly idleEndsAt: number | null;
  /** Another session asks to take this one's place; null while none does. */
  readonly takeover: TakeoverRequest | null;
}

/**
 * The state of a connection. `attempt` is 1 for the first attempt, 2 for the first retry, and so on;
 * it starts again at 1 after a connection that lasted 10 s. `session` is null on servers that do not
 * speak `curfew.v1` (websockify, Nova), unless `authorize()` says when it ends.
 */
export type ConsoleState =
  | { readonly status: "idle" }
  | {
      readonly status: "connecting";
      readonly attempt: number;
      /**
       * Where the console is in use, its user was asked to let this session in, and has until then to answer: on the
       * clock of `performance.now()` (milliseconds).
       */
      readonly askingUntil?: number;
    }
  | { readonly status: "connected"; readonly session: SessionInfo | null }
  | {
      readonly status: "reconnecting";
      /** The next attempt. */
      readonly attempt: number;
      /** When the next attempt starts, on the clock of `performance.now()` (milliseconds), for a countdown. */
      readonly retryAt: number;
      /** Milliseconds from the beginning of this state until the next attempt. */
      readonly retryInMs: number;
      /** Why the last attempt or connection ended. */
      readonly cause: CloseInfo;
    }
  | { readonly status: "closed"; readonly cause: CloseInfo };

/** See {@link ConsoleConnection.statistics}. */
export interface ConnectionStatistics {
  /** Bytes of console output, without control messages. */
  readonly bytesReceived: number;
  /** Bytes sent to the console. */
  readonly bytesSent: number;
  /** The last round trip to the gateway in milliseconds; null while not connected, and without `curfew.v1`. */
  readonly roundTripMs: number | null;
}

/** The events of {@link ConsoleConnection.on}. */
export interface ConsoleEvents {
  /** Every state transition, in order, exactly once. */
  state: ConsoleState;
  /** The socket of an attempt was created. A viewer that accepts a socket before it is open is ready sooner. */
  opening: ConsoleChannel;
  /** The socket of an attempt is open: attach a viewer to its channel now. */
  channel: ConsoleChannel;
  /** The session ends in `expiresInMs` milliseconds unless it is renewed. Can fire several times. */
  expiring: { readonly expiresInMs: number; readonly renewable: boolean };
  /**
   * There was no input for long: the session ends in `endsInMs` milliseconds unless there is some, or
   * {@link ConsoleConnection.stillHere} is called. Null when there was.
   */
  idlewarning: { readonly endsInMs: number | null };
  /**
   * Another session asks to take this one's place. Ask the user, and call {@link ConsoleConnection.answerTakeover} within
   * `endsInMs` milliseconds; without an answer this session goes on. Null once the question is settled or withdrawn.
   */
  takeover: { readonly user: string | null; readonly endsInMs: number | null };
  /**
   * `leftMs` milliseconds are left until the session ends: at once in a listener that is added while connected, with
   * each change of the time left, and every second. Only in sessions with an end.
   */
  tick: { readonly leftMs: number };
  /** The session was renewed, in place or with a new connection; it now ends in `expiresInMs` milliseconds, or never (null). */
  renewed: { readonly expiresInMs: number | null };
  /**
   * A renewal failed, automatic ones included; the old deadline stands. It does not fire when the
   * connection ends during a renewal.
   */
  renewfailed: ConsoleError;
  /** The connection ended and there are no more attempts. Fires once for each `connect()` that started one. */
  closed: CloseInfo;
  /** Round-trip time of a ping to the gateway, in milliseconds. */
  latency: { readonly rttMs: number };
  /**
   * A ping has had no answer for `waitedMs` milliseconds, 1.5 s or little more: input may arrive late
   * now. `latency` follows with the answer. The connection is lost when nothing arrives for 10 s
   * after the ping.
   */
  unresponsive: { readonly waitedMs: number };
}
