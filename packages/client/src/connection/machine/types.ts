/**
 * The types of the connection's state machine: its state, its events and its effects. The machine
 * uses no DOM, timer or clock.
 */
import type { ClientMessage, ServerCloseReason } from "@curfew/protocol";
import type { CloseInfo, ViewerCloseReason } from "../model/close-info.ts";
import type { WebSocketArguments } from "../model/connect-info.ts";
import type { ConsoleError } from "../model/errors.ts";
import type { ReconnectContext } from "../model/options.ts";
import type { ConsoleEvents, ConsoleState, SessionInfo } from "../model/state.ts";

/** The options that influence the machine, with their defaults. Times in milliseconds. */
export interface ResolvedOptions {
  readonly autoRenew: boolean;
  readonly canFetchToken: boolean;
  readonly reconnects: boolean;
  readonly waitForViewer: boolean;
  readonly warnBeforeMs: number;
  readonly connectTimeoutMs: number;
  readonly helloTimeoutMs: number;
  readonly callbackTimeoutMs: number;
  readonly pingIntervalMs: number;
}

/** A ping without an answer. */
export interface PendingPing {
  readonly id: number;
  readonly sentAt: number;
  /** How long the connection may be silent from then on. */
  readonly limitMs: number;
  /** Whether it was sent because the timers of the one before were late: the computer slept, or the page was throttled. */
  readonly isSecond: boolean;
}

/** A WebSocket and what was received over it. */
export interface SocketState {
  readonly opened: boolean;
  /** When the session ends, as far as `authorize()` knows; on the clock of {@link ClockReading.now}. */
  readonly knownEnd: number | undefined;
  /** Whether there are control messages, that is, the server chose `curfew.v1`. */
  readonly controlled: boolean;
  /** The server accepted the session: by `hello`, or without control messages by output or by staying open for a while. */
  readonly greeted: boolean;
  /** Whether any output of the console arrived. */
  readonly hasOutput: boolean;
  readonly viewerReady: boolean;
  /** Whether the viewer waits for the user, for example for a password. */
  readonly asksUser: boolean;
  /** When the state became `connected`; undefined before. */
  readonly connectedAt: number | undefined;
  readonly session: SessionInfo | undefined;
  /** When the session ends, on the clock of {@link ClockReading.wall}; undefined if it has no end. */
  readonly wallEnd: number | undefined;
  readonly bye: { readonly reason: ServerCloseReason; readonly detail?: string; readonly message?: string } | undefined;
  /** The ping without an answer. */
  readonly ping: PendingPing | undefined;
  /** The renewal in progress. `sent` is false while the application fetches the token. */
  readonly renewal: { readonly id: number; readonly sent: boolean } | undefined;
  readonly nextId: number;
  /** The id of the question whether another session may take over; undefined while there is none. */
  readonly takeoverId: number | undefined;
}

/** The phases of a connection. They are finer than the published states. */
export type Phase =
  | { readonly name: "idle" | "authorizing" | "closed" }
  /** `deciding` while the reconnect policy is asked, then `waiting` until the next attempt. */
  | { readonly name: "deciding" | "waiting"; readonly cause: CloseInfo }
  | { readonly name: "socket"; readonly socket: SocketState };

/** What is known of a session whose connection was lost. */
export interface LostSession {
  readonly session: SessionInfo | undefined;
  /** Whether the page was asked for a new token to go on with it. */
  readonly renewed: boolean;
}

/** The state of the machine. */
export interface MachineState {
  readonly options: ResolvedOptions;
  /** The state that the page sees. */
  readonly published: ConsoleState;
  readonly phase: Phase;
  /** Unique number of the attempt. Events of earlier attempts are ignored. */
  readonly attemptId: number;
  /** See {@link ConsoleState}. */
  readonly attempt: number;
  /** When the first failure in the current row happened. */
  readonly failingSince: number | undefined;
  /** Whether `authorize()` was already called at once for an expired token in this row of failures. */
  readonly reauthorized: boolean;
  /** How often in a row a server without control messages closed the connection at once. */
  readonly refusals: number;
  /** The session whose connection was lost, until the next one is open; undefined before the first. */
  readonly lost: LostSession | undefined;
  readonly hidden: boolean;
}

/**
 * `callback`: `authorize` or `renew` must have answered. `connect`: the socket must be open, then hello and viewer must be ready. `settle`: a server without
 * control messages has not closed the connection, so it accepted it. `retry`: the next attempt
 * starts. `ping`: send a ping. `late`: the answer is late. `pong`: the answer is overdue. `warn`: warn
 * unless the gateway has. `expire`: the session is over even without a close frame. `renew`: the
 * gateway must have answered.
 */
export type TimerName =
  | "callback"
  | "connect"
  | "settle"
  | "retry"
  | "ping"
  | "late"
  | "pong"
  | "warn"
  | "expire"
  | "renew";

/** What can happen. Events with an `attemptId` belong to one attempt. */
export type MachineEvent =
  | { readonly type: "connect"; readonly hidden: boolean }
  /** The page wants a new connection, whatever the present one does. */
  | { readonly type: "reconnect"; readonly hidden: boolean }
  /** The page wants to know the round trip. */
  | { readonly type: "ping" }
  | { readonly type: "close"; readonly detail?: string }
  | {
      readonly type: "authorized";
      readonly attemptId: number;
      readonly webSocket: WebSocketArguments;
      /** Milliseconds that the session has left, if `authorize()` said so. */
      readonly expiresInMs?: number | undefined;
    }
  | { readonly type: "authorizeFailed"; readonly attemptId: number; readonly detail: string; readonly stop: boolean }
  /** The page gave no new token for the lost session. */
  | { readonly type: "lostNotRenewed"; readonly attemptId: number; readonly detail: string; readonly cause: CloseInfo }
  | { readonly type: "socketFailed"; readonly attemptId: number; readonly detail: string }
  | { readonly type: "opened"; readonly attemptId: number; readonly protocol: string }
  | { readonly type: "control"; readonly attemptId: number; readonly text: string }
  | { readonly type: "socketClosed"; readonly attemptId: number; readonly code: number; readonly reason: string }
  /** The first output of the console arrived. */
  | { readonly type: "output"; readonly attemptId: number }
  | { readonly type: "viewerClosed"; readonly attemptId: number }
  | { readonly type: "viewerReady" | "viewerWaiting" | "viewerAnswered" }
  | {
      readonly type: "viewerFailed";
      /** By default the current one. */
      readonly attemptId?: number;
      readonly detail: string;
      readonly reason: ViewerCloseReason;
      readonly retry: boolean;
    }
  | { readonly type: "policy"; readonly attemptId: number; readonly delayMs: number | null }
  | { readonly type: "timer"; readonly name: TimerName }
  | { readonly type: "renew"; readonly token: string | undefined }
  /** The user answers whether another session may take over. */
  | { readonly type: "answerTakeover"; readonly allow: boolean }
  | { readonly type: "tokenFetched"; readonly attemptId: number; readonly id: number; readonly token: string }
  | { readonly type: "tokenFetchFailed"; readonly attemptId: number; readonly id: number; readonly cause: unknown }
  /** The user did something while nothing arrived for a while. */
  | { readonly type: "inputInSilence" }
  | { readonly type: "online" | "offline" | "visible" | "hidden" };

type MachineEmittedEvents = Omit<ConsoleEvents, "opening" | "channel" | "tick">;

/** Emits an event to the page. */
export type EmitEffect = {
  [K in keyof MachineEmittedEvents]: {
    readonly type: "emit";
    readonly name: K;
    readonly event: MachineEmittedEvents[K];
  };
}[keyof MachineEmittedEvents];

/** What the connection must do, in order. */
export type Effect =
  | EmitEffect
  | {
      readonly type: "authorize";
      readonly attemptId: number;
      readonly attempt: number;
      readonly cause: CloseInfo | undefined;
      /** The lost session, if the page is to be asked for a new token for it. */
      readonly renews: SessionInfo | undefined;
    }
  | { readonly type: "openSocket"; readonly attemptId: number; readonly webSocket: WebSocketArguments }
  | { readonly type: "announceChannel" }
  | { readonly type: "closeSocket"; readonly code: number; readonly reason: string }
  | { readonly type: "send"; readonly message: ClientMessage }
  | { readonly type: "setTimer"; readonly name: TimerName; readonly ms: number }
  | { readonly type: "clearTimer"; readonly name: TimerName }
  | { readonly type: "clearTimers" }
  | { readonly type: "askPolicy"; readonly attemptId: number; readonly context: ReconnectContext }
  | { readonly type: "fetchToken"; readonly attemptId: number; readonly id: number; readonly session: SessionInfo }
  /** Aborts the signals given to `authorize` and `renew`. */
  | { readonly type: "cancelCallbacks" }
  /** Settles the promises of `renew()`: rejects them if there is an error. */
  | { readonly type: "settleRenewals"; readonly error: ConsoleError | undefined }
  | { readonly type: "watchPage" }
  | { readonly type: "unwatchPage" };

/** The time of an event, in milliseconds. */
export interface ClockReading {
  /** Of `performance.now()`, which stands still in some browsers while the computer sleeps. */
  readonly now: number;
  /** Of `Date.now()`, which goes on, but can be set. */
  readonly wall: number;
  /** When the last frame of the current socket arrived. */
  readonly lastFrameAt: number;
}

/** The result of one event. */
export interface Step {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}
