/**
 * The connection as a state machine: what it knows, what happens to it, what it wants done.
 * Nothing here or in the files beside it touches the DOM, a timer or a clock.
 */
import type { ClientMessage, ServerCloseReason } from "@curfew/protocol";
import type { CloseInfo } from "../close-info.ts";
import type { ConsoleError } from "../errors.ts";
import type { Address } from "../grant.ts";
import type { ReconnectContext } from "../options.ts";
import type { ConsoleEvents, ConsoleState, SessionInfo } from "../state.ts";

/** What the options say about behaviour; the callbacks stay with the runner. Times in milliseconds. */
export interface Settings {
  readonly autoRenew: boolean;
  readonly canFetchToken: boolean;
  readonly reconnects: boolean;
  readonly waitForViewer: boolean;
  readonly warnBeforeMs: number;
  readonly connectTimeoutMs: number;
  readonly helloTimeoutMs: number;
  readonly pingIntervalMs: number;
}

/** One WebSocket and what came over it. */
export interface Link {
  readonly opened: boolean;
  /** Whether control messages flow, that is, the server chose `curfew.v1`. */
  readonly controlled: boolean;
  readonly greeted: boolean;
  readonly viewerReady: boolean;
  /** When the page was told `connected`; null until then. */
  readonly connectedAt: number | null;
  readonly session: SessionInfo | null;
  readonly bye: { readonly reason: ServerCloseReason; readonly detail?: string } | null;
  readonly ping: { readonly id: number; readonly sentAt: number } | null;
  /** `sent` is false while the application is asked for the token. */
  readonly renewal: { readonly id: number; readonly sent: boolean } | null;
  readonly nextId: number;
}

export type Phase =
  | { readonly name: "idle" | "authorizing" | "closed" }
  /** Between asking the reconnect policy and its answer, then until the next attempt. */
  | { readonly name: "deciding" | "waiting"; readonly cause: CloseInfo }
  | { readonly name: "linked"; readonly link: Link };

export interface MachineState {
  readonly settings: Settings;
  /** What the page sees. */
  readonly published: ConsoleState;
  readonly phase: Phase;
  /** Number of the attempt, never reused: answers to older ones are ignored. */
  readonly serial: number;
  /** See {@link ConsoleState}. Counted from 1 again at the end of a connection that held. */
  readonly attempt: number;
  readonly failingSince: number | null;
  /** Whether `authorize()` was already called at once for a token that was over, in this row of failures. */
  readonly reauthorized: boolean;
  readonly hidden: boolean;
}

/**
 * `connect`: the socket must open, then hello and the viewer must come. `retry`: the next attempt. `ping`: time to send one.
 * `late`: the answer should have come. `pong`: it must have come. `warn`: warn if the gateway has not. `expire`: the session is
 * over even if the close frame never arrives. `renew`: the gateway must have answered.
 */
export type TimerName = "connect" | "retry" | "ping" | "late" | "pong" | "warn" | "expire" | "renew";

export type MachineEvent =
  | { readonly type: "connect"; readonly hidden: boolean }
  | { readonly type: "close"; readonly detail?: string }
  | { readonly type: "authorized"; readonly serial: number; readonly address: Address }
  | { readonly type: "authorizeFailed"; readonly serial: number; readonly detail: string; readonly stop: boolean }
  | { readonly type: "socketFailed"; readonly serial: number; readonly detail: string }
  | { readonly type: "opened"; readonly serial: number; readonly protocol: string }
  | { readonly type: "control"; readonly serial: number; readonly text: string }
  | { readonly type: "socketClosed"; readonly serial: number; readonly code: number; readonly reason: string }
  | { readonly type: "viewerClosed"; readonly serial: number }
  | { readonly type: "viewerReady" | "viewerWaiting" }
  | { readonly type: "viewerFailed"; readonly detail: string }
  | { readonly type: "policy"; readonly serial: number; readonly delayMs: number | null }
  | { readonly type: "timer"; readonly name: TimerName }
  | { readonly type: "renew"; readonly token: string | null }
  | { readonly type: "tokenFetched"; readonly serial: number; readonly id: number; readonly token: string }
  | { readonly type: "tokenFetchFailed"; readonly serial: number; readonly id: number; readonly cause: unknown }
  | { readonly type: "online" | "offline" | "visible" | "hidden" };

type EmittedByMachine = Omit<ConsoleEvents, "opening" | "channel">;

/** An event for the page. */
export type Emit = {
  [K in keyof EmittedByMachine]: { readonly type: "emit"; readonly name: K; readonly event: EmittedByMachine[K] };
}[keyof EmittedByMachine];

/** What the runner has to do, in order. */
export type Effect =
  | Emit
  | {
      readonly type: "authorize";
      readonly serial: number;
      readonly attempt: number;
      readonly cause: CloseInfo | null;
    }
  | { readonly type: "openSocket"; readonly serial: number; readonly address: Address }
  | { readonly type: "announceChannel" }
  | { readonly type: "closeSocket"; readonly code: number; readonly reason: string }
  | { readonly type: "send"; readonly message: ClientMessage }
  | { readonly type: "setTimer"; readonly name: TimerName; readonly ms: number }
  | { readonly type: "clearTimer"; readonly name: TimerName }
  | { readonly type: "clearTimers" }
  | { readonly type: "askPolicy"; readonly serial: number; readonly context: ReconnectContext }
  | { readonly type: "fetchToken"; readonly serial: number; readonly id: number; readonly session: SessionInfo }
  /** Aborts the signals given to `authorize` and `renew`. */
  | { readonly type: "cancelCallbacks" }
  | { readonly type: "settleRenewals"; readonly error: ConsoleError | null }
  | { readonly type: "watchPage" }
  | { readonly type: "unwatchPage" };

/** Readings of the runner's clock, in milliseconds of `performance.now()`. */
export interface Clock {
  readonly now: number;
  /** When the last frame of the current socket arrived. */
  readonly lastFrameAt: number;
}

export interface Step {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
}
