import type { EndError } from "../end-reason.ts";
import type { GrantInfo, SessionEnd, SessionInfo } from "./session-info.ts";

/** The caller of the admin API that an event goes back to. */
export interface Actor {
  /** Name of the key that it presented. */
  readonly name: string;
  /** Its IP address. */
  readonly address: string;
}

/** A token that is to be issued. */
export interface RequestedToken {
  readonly type: string;
  readonly endpoint: GrantInfo["endpoint"];
  readonly instance?: string | undefined;
  readonly user?: string | undefined;
}

/** What an administrator keeps out. */
export interface LockInfo {
  /** `user`, `instance`, `address` or `token`, whose value is the token's id. */
  readonly subject: string;
  readonly value: string;
  /** What the users are shown. */
  readonly message?: string | undefined;
}

/** Which sessions an administrator ends: by id, by instance, or all. */
export type EndedSelection = Readonly<Record<string, string>>;

/**
 * What is about to take effect, and does not if an observer refuses. The user and client address of a session's
 * events are in `session`, the caller of the admin API is the `actor`.
 */
export type RequestEvent =
  /** A token is valid; the limits are asked and the target is dialed next. */
  | { readonly type: "session_requested"; readonly session: SessionInfo }
  | { readonly type: "renewal_requested"; readonly session: SessionInfo; readonly grant: GrantInfo }
  | { readonly type: "token_requested"; readonly actor: Actor; readonly token: RequestedToken }
  | { readonly type: "revocation_requested"; readonly actor: Actor; readonly tokenId: string }
  | { readonly type: "end_requested"; readonly actor: Actor; readonly selection: EndedSelection }
  | {
      readonly type: "extension_requested";
      readonly actor: Actor;
      readonly sessionId: string;
      readonly expiresAt: number;
    }
  | { readonly type: "lock_requested"; readonly actor: Actor; readonly lock: LockInfo }
  | { readonly type: "lift_requested"; readonly actor: Actor; readonly lockId: string };

/** What has taken effect. */
export type OutcomeEvent =
  /** The target has accepted, `handshakeMs` after the client connected. */
  | { readonly type: "session_opened"; readonly session: SessionInfo; readonly handshakeMs: number }
  | { readonly type: "session_renewed"; readonly session: SessionInfo }
  /** What passes is recorded from now on. Once for each channel. */
  | { readonly type: "session_recorded"; readonly session: SessionInfo }
  /** The deadline does not change. */
  | { readonly type: "renewal_refused"; readonly session: SessionInfo; readonly error: EndError }
  /** So many renewals were refused because the client asked too often. One event for many. */
  | { readonly type: "renewals_limited"; readonly session: SessionInfo; readonly count: number }
  /** It could not be told whether the grants of running sessions still hold. No session ends. */
  | { readonly type: "revalidation_failed"; readonly name: string; readonly error: unknown; readonly isFirst: boolean }
  /** After one or more failures it can be told again. */
  | { readonly type: "revalidation_restored"; readonly name: string }
  /** Its token has expired, and enforcement, which is off, would have ended it. Once for each session. */
  | { readonly type: "session_outlived"; readonly session: SessionInfo }
  /** A channel that joined the session could not be opened. The session goes on. */
  | { readonly type: "channel_failed"; readonly session: SessionInfo; readonly error: EndError }
  /** No byte passes any more. */
  | { readonly type: "session_ended"; readonly session: SessionInfo; readonly end: SessionEnd }
  /** The session's user was asked whether another session, with the id `by` and of `user`, may take its place. */
  | {
      readonly type: "takeover_answered";
      readonly session: SessionInfo;
      readonly by: string;
      readonly user: string | undefined;
      /** `allowed`, `denied` or `unanswered`. */
      readonly answer: string;
    }
  /** A session was refused; `session_ended` follows. */
  | { readonly type: "limit_reached"; readonly limit: string; readonly sessionId: string }
  /** An upgrade request, or what came instead of a request, is malformed and was answered with an HTTP error, if at all. */
  | {
      readonly type: "upgrade_refused";
      readonly fault: string;
      readonly message: string;
      readonly clientAddress: string;
    }
  /** A connection without a session was closed: at an option of `connections`, or for want of `descriptors`. */
  | {
      readonly type: "connection_refused";
      readonly reason: string;
      /** How many connections, seconds or descriptors are allowed. */
      readonly limit: number;
      readonly clientAddress: string;
    }
  /** A worker has crashed or was killed, with its sessions. */
  | { readonly type: "worker_lost"; readonly worker: number; readonly how: string }
  | { readonly type: "token_issued"; readonly actor: Actor; readonly token: GrantInfo }
  /** With the number of sessions that were ended. */
  | { readonly type: "token_revoked"; readonly actor: Actor; readonly tokenId: string; readonly sessions: number }
  /** The session ends at `expiresAt` now, in milliseconds since the epoch. */
  | { readonly type: "session_extended"; readonly actor: Actor; readonly sessionId: string; readonly expiresAt: number }
  /** With the number of sessions that were ended. */
  | { readonly type: "locked"; readonly actor: Actor; readonly lock: LockInfo; readonly sessions: number }
  | { readonly type: "lifted"; readonly actor: Actor; readonly lock: LockInfo }
  | {
      readonly type: "sessions_ended";
      readonly actor: Actor;
      readonly selection: EndedSelection;
      readonly sessions: number;
    }
  /** A request to the admin API with the right key was answered. The path has neither a query nor a token. */
  | {
      readonly type: "admin_called";
      readonly actor: Actor;
      readonly method: string;
      readonly path: string;
      readonly status: number;
    }
  /** One without the right key. */
  | { readonly type: "admin_refused"; readonly clientAddress: string; readonly status: number };

/** What observers hear of. Nothing in an event reveals a token. */
export type GatewayEvent = RequestEvent | OutcomeEvent;

/** Watches what happens in a gateway, and may refuse some of it. */
export interface EventObserver {
  /** Identifies the observer in the log and in the metrics. */
  readonly name: string;
  /**
   * Asked before an event takes effect. Throw or reject to refuse: the session ends as `server_busy`, the renewal
   * or the request to the admin API fails. An observer that does not answer in time refuses, too.
   *
   * @param signal - aborts when the answer is no longer wanted.
   */
  before?(event: RequestEvent, signal: AbortSignal): void | Promise<void>;
  /** Told of every event, in order. What it throws is logged and counted, and has no other effect. */
  notify?(event: GatewayEvent): void;
}

/** Where the parts of a gateway report what happens. */
export interface EventSink {
  /** Tells all observers. Never throws. */
  notify(event: OutcomeEvent): void;
  /**
   * Asks the observers that decide, then tells all of them.
   *
   * @param signal - ends the wait.
   * @throws EventRefused when one refuses or does not answer in time, or when `signal` aborts.
   */
  ask(event: RequestEvent, signal?: AbortSignal): Promise<void>;
}
