import { ConsoleError } from "../errors.ts";
import type { CloseInfo } from "../close-info.ts";
import type { ConsoleState, SessionInfo } from "../state.ts";
import type { Effect, Link, MachineState, TimerName } from "./types.ts";

/** In a hidden tab the next attempt may wait this much longer: nobody looks. */
const HIDDEN_STRETCH = 4;
/** A connection that held this long ends a row of failures: a target that accepts and closes must not. */
const HELD_MS = 10_000;

/** A state under construction in one step: transitions change `state` and add `effects`. */
export interface Draft {
  state: MachineState;
  readonly effects: Effect[];
  readonly now: number;
  readonly lastFrameAt: number;
}

/** Starts a timer, anew if it runs. */
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

export function linkOf(draft: Draft): Link | null {
  return draft.state.phase.name === "linked" ? draft.state.phase.link : null;
}

export function setLink(draft: Draft, link: Link): void {
  draft.state = { ...draft.state, phase: { name: "linked", link } };
}

/** Changes the session; the page sees it once it was told `connected`. */
export function setSession(draft: Draft, link: Link, session: SessionInfo): Link {
  const next = { ...link, session };
  setLink(draft, next);
  if (link.connectedAt !== null) publish(draft, { status: "connected", session });
  return next;
}

export function beginAttempt(draft: Draft, cause: CloseInfo | null): void {
  const { attempt } = draft.state;
  const serial = draft.state.serial + 1;
  draft.state = { ...draft.state, serial, phase: { name: "authorizing" } };
  publish(draft, { status: "connecting", attempt });
  draft.effects.push({ type: "authorize", serial, attempt, cause });
}

/** The link or the attempt is over: closes what is open, then does what the ending's action says. */
export function endAttempt(draft: Draft, cause: CloseInfo, code = 1000): void {
  const connectedAt = linkOf(draft)?.connectedAt ?? null;
  if (connectedAt !== null && draft.now - connectedAt >= HELD_MS) {
    draft.state = { ...draft.state, attempt: 1, failingSince: null, reauthorized: false };
  }
  const { settings, reauthorized, serial } = draft.state;
  const goesOn =
    (cause.action === "retry" && settings.reconnects) ||
    (cause.action === "authorize" && settings.autoRenew && !reauthorized);
  if (!goesOn) {
    endForGood(draft, cause, code);
    return;
  }
  release(draft, cause, code);
  const attempt = draft.state.attempt + 1;
  const failingSince = draft.state.failingSince ?? draft.now;
  if (cause.action === "authorize") {
    draft.state = { ...draft.state, attempt, failingSince, reauthorized: true };
    publish(draft, { status: "reconnecting", attempt, retryAt: draft.now, retryInMs: 0, cause });
    beginAttempt(draft, cause);
  } else {
    draft.state = { ...draft.state, attempt, failingSince, phase: { name: "deciding", cause } };
    const context = { attempt, elapsedMs: draft.now - failingSince, cause };
    draft.effects.push({ type: "askPolicy", serial, context });
  }
}

/** The policy's answer: wait, or give up. */
export function applyPolicy(draft: Draft, cause: CloseInfo, delayMs: number | null): void {
  if (delayMs === null) {
    endForGood(draft, cause);
    return;
  }
  const { attempt, hidden } = draft.state;
  const retryInMs = Math.max(0, delayMs) * (hidden ? HIDDEN_STRETCH : 1);
  draft.state = { ...draft.state, phase: { name: "waiting", cause } };
  publish(draft, { status: "reconnecting", attempt, retryAt: draft.now + retryInMs, retryInMs, cause });
  arm(draft, "retry", retryInMs);
}

/** The final end. */
export function endForGood(draft: Draft, cause: CloseInfo, code = 1000): void {
  release(draft, cause, code);
  draft.state = { ...draft.state, phase: { name: "closed" } };
  draft.effects.push({ type: "unwatchPage" });
  publish(draft, { status: "closed", cause });
  draft.effects.push({ type: "emit", name: "closed", event: cause });
}

/** Lets go of the socket, the timers and the callbacks that an attempt may have. */
function release(draft: Draft, cause: CloseInfo, code: number): void {
  const link = linkOf(draft);
  draft.effects.push({ type: "clearTimers" }, { type: "cancelCallbacks" });
  if (!link) return;
  draft.effects.push({ type: "closeSocket", code, reason: code === 1000 ? "" : cause.reason });
  if (!link.renewal) return;
  const error =
    cause.reason === "client_closed"
      ? new ConsoleError("aborted", "the console was closed during the renewal", { closeInfo: cause })
      : new ConsoleError("not_connected", `the connection ended during the renewal: ${cause.reason}`, {
          closeInfo: cause,
        });
  draft.effects.push({ type: "settleRenewals", error });
}
