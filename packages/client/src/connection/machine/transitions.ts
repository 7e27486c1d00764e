import type { CloseInfo } from "../model/close-info.ts";
import { ConsoleError } from "../model/errors.ts";
import type { ConsoleState, SessionInfo } from "../model/state.ts";
import type { Effect, MachineState, SocketState, TimerName } from "./types.ts";

/** In a hidden tab the delay before the next attempt is this much longer. */
const HIDDEN_DELAY_FACTOR = 4;
/** A connection that lasted this long ends a row of failures. A target that accepts and then closes at once does not. */
export const STABLE_AFTER_MS = 10_000;

/** The state of a row of failures that has not begun. */
export const FRESH_ROW = { attempt: 1, failingSince: undefined, reauthorized: false } as const;

/** The step in progress: transitions replace `state` and append to `effects`. */
export interface Draft {
  state: MachineState;
  readonly effects: Effect[];
  readonly now: number;
  readonly wall: number;
  readonly lastFrameAt: number;
}

/** Starts a timer, or restarts it. */
export function arm(draft: Draft, name: TimerName, ms: number): void {
  draft.effects.push({ type: "setTimer", name, ms });
}

export function disarm(draft: Draft, name: TimerName): void {
  draft.effects.push({ type: "clearTimer", name });
}

export function publish(draft: Draft, published: ConsoleState): void {
  draft.state = { ...draft.state, published };
  draft.effects.push({ type: "emit", name: "state", event: published });
}

export function socketOf(draft: Draft): SocketState | undefined {
  return draft.state.phase.name === "socket" ? draft.state.phase.socket : undefined;
}

export function setSocket(draft: Draft, socket: SocketState): void {
  draft.state = { ...draft.state, phase: { name: "socket", socket } };
}

/** Changes the session, and publishes it if the state `connected` was published before. */
export function setSession(draft: Draft, socket: SocketState, session: SessionInfo): SocketState {
  const next = { ...socket, session };
  setSocket(draft, next);
  if (socket.connectedAt !== undefined) publish(draft, { status: "connected", session });
  return next;
}

/** @param renews - the lost session, if the page is to be asked for a new token for it */
export function beginAttempt(draft: Draft, cause: CloseInfo | undefined, renews?: SessionInfo): void {
  const { attempt, lost, options } = draft.state;
  const attemptId = draft.state.attemptId + 1;
  if (renews && lost) draft.state = { ...draft.state, lost: { ...lost, renewed: true } };
  draft.state = { ...draft.state, attemptId, phase: { name: "authorizing" } };
  publish(draft, { status: "connecting", attempt });
  draft.effects.push({ type: "authorize", attemptId, attempt, cause, renews });
  if (options.callbackTimeoutMs > 0) arm(draft, "callback", options.callbackTimeoutMs);
}

/** Ends the attempt or the connection: closes the socket, then follows the action of `cause`. */
export function endAttempt(draft: Draft, why: CloseInfo, code = 1000): void {
  const socket = socketOf(draft);
  // Of an earlier connection: this one forgot it when it opened.
  const { lost } = draft.state;
  if (socket?.connectedAt !== undefined) {
    draft.state = { ...draft.state, lost: { session: socket.session, renewed: false } };
    if (draft.now - socket.connectedAt >= STABLE_AFTER_MS) draft.state = { ...draft.state, ...FRESH_ROW, refusals: 0 };
  }
  const { options, reauthorized, attemptId } = draft.state;
  const cause: CloseInfo =
    why.reason === "token_expired" && lost !== undefined ? { ...why, reason: "access_expired" } : why;
  const renews = cause.reason === "access_expired" ? renewableLater(draft) : undefined;
  const continues =
    cause.action === "retry"
      ? options.reconnects
      : cause.action === "authorize" && !reauthorized && (options.autoRenew || renews !== undefined);
  if (!continues) {
    close(draft, cause, code);
    return;
  }
  release(draft, cause, code);
  const attempt = draft.state.attempt + 1;
  const failingSince = draft.state.failingSince ?? draft.now;
  if (cause.action === "authorize") {
    draft.state = { ...draft.state, attempt, failingSince, reauthorized: true };
    publish(draft, { status: "reconnecting", attempt, retryAt: draft.now, retryInMs: 0, cause });
    beginAttempt(draft, cause, renews);
  } else {
    draft.state = { ...draft.state, attempt, failingSince, phase: { name: "deciding", cause } };
    const context = { attempt, elapsedMs: draft.now - failingSince, cause };
    draft.effects.push({ type: "askPolicy", attemptId, context });
  }
}

/**
 * The lost session, if the page can get a token to go on with it: its token was good only for opening it, or was
 * replaced since. A session that was to end by now is not renewed without being asked.
 */
function renewableLater({ state, now }: Draft): SessionInfo | undefined {
  const session = state.lost?.session;
  const isOver = session !== undefined && session.expiresAt !== null && session.expiresAt <= now;
  return state.options.canFetchToken && state.options.reconnects && !isOver ? session : undefined;
}

/**
 * Applies the answer of the reconnect policy.
 *
 * @param delayMs - milliseconds until the next attempt; null gives up
 */
export function applyPolicy(draft: Draft, cause: CloseInfo, delayMs: number | null): void {
  if (delayMs === null) {
    close(draft, cause);
    return;
  }
  const { attempt, hidden } = draft.state;
  const retryInMs = Math.max(0, delayMs) * (hidden ? HIDDEN_DELAY_FACTOR : 1);
  draft.state = { ...draft.state, phase: { name: "waiting", cause } };
  publish(draft, { status: "reconnecting", attempt, retryAt: draft.now + retryInMs, retryInMs, cause });
  arm(draft, "retry", retryInMs);
}

/** Ends the attempt or the connection for a new one at once. */
export function restart(draft: Draft, cause: CloseInfo): void {
  release(draft, cause, 1000);
  draft.state = { ...draft.state, ...FRESH_ROW, refusals: 0, lost: undefined };
  publish(draft, { status: "reconnecting", attempt: 1, retryAt: draft.now, retryInMs: 0, cause });
  beginAttempt(draft, cause);
}

/** Moves to the state `closed`. */
export function close(draft: Draft, cause: CloseInfo, code = 1000): void {
  release(draft, cause, code);
  draft.state = { ...draft.state, phase: { name: "closed" } };
  draft.effects.push({ type: "unwatchPage" });
  publish(draft, { status: "closed", cause });
  draft.effects.push({ type: "emit", name: "closed", event: cause });
}

/** Releases the socket, the timers and the callbacks of the attempt. */
function release(draft: Draft, cause: CloseInfo, code: number): void {
  const socket = socketOf(draft);
  draft.effects.push({ type: "clearTimers" }, { type: "cancelCallbacks" });
  if (!socket) return;
  draft.effects.push({ type: "closeSocket", code, reason: code === 1000 ? "" : cause.reason });
  if (!socket.renewal) return;
  const error =
    cause.reason === "client_closed"
      ? new ConsoleError("aborted", "the console was closed during the renewal", { closeInfo: cause })
      : new ConsoleError("not_connected", `the connection ended during the renewal: ${cause.reason}`, {
          closeInfo: cause,
        });
  draft.effects.push({ type: "settleRenewals", error });
}
