import type { SessionInfo } from "../model/state.ts";
import { closeInfoOf } from "./close-event.ts";
import { type Draft, arm, disarm, endAttempt, setSession, setSocket } from "./transitions.ts";
import type { ClockReading, SocketState } from "./types.ts";

/** How late the gateway's warning may be before the client warns instead, at most. */
const WARNING_GRACE_MS = 1000;
/** How far the clocks may differ before the computer counts as having slept. */
const CLOCK_TOLERANCE_MS = 1000;
/** How late the close frame may be after the end of the session, or after `bye`. */
const CLOSE_GRACE_MS = 2000;

/**
 * Sets when the session ends, and arms the timers for the warning and the end.
 *
 * @param expiresInMs - milliseconds until the end; null for a session without one
 */
export function setDeadline(
  draft: Draft,
  socket: SocketState,
  session: SessionInfo,
  expiresInMs: number | null,
): SocketState {
  const { warnBeforeMs } = draft.state.options;
  if (expiresInMs === null) {
    disarm(draft, "warn");
    disarm(draft, "expire");
    return setSession(draft, { ...socket, wallEnd: undefined }, { ...session, expiresAt: null });
  }
  const untilWarning = Math.max(0, expiresInMs - warnBeforeMs) + Math.min(WARNING_GRACE_MS, warnBeforeMs / 2);
  arm(draft, "warn", untilWarning);
  arm(draft, "expire", expiresInMs + CLOSE_GRACE_MS);
  const ending = { ...socket, wallEnd: draft.wall + expiresInMs };
  return setSession(draft, ending, { ...session, expiresAt: draft.now + expiresInMs });
}

/**
 * Milliseconds until the session ends: by the clock that says less, as the gateway counts. One clock may have stood
 * still while the computer slept, the other may have been set back.
 *
 * @returns null for a session without an end.
 */
export function timeLeft({ session, wallEnd }: SocketState, { now, wall }: ClockReading): number | null {
  if (typeof session?.expiresAt !== "number") return null;
  return Math.max(0, Math.min(session.expiresAt - now, (wallEnd ?? Infinity) - wall));
}

/**
 * Moves the end on the monotonic clock to where the wall clock has it, if the computer slept.
 *
 * @returns whether it did. The wall clock may also have been set: the gateway's next `pong` tells.
 */
export function catchUp(draft: Draft, socket: SocketState): boolean {
  const { session } = socket;
  const left = timeLeft(socket, draft);
  if (!session || session.expiresAt === null || left === null) return false;
  if (session.expiresAt - draft.now - left <= CLOCK_TOLERANCE_MS) return false;
  setDeadline(draft, socket, session, left);
  return true;
}

/** The gateway said in a `pong` how much time is left. */
export function correctDeadline(draft: Draft, socket: SocketState, expiresInMs: number | null): void {
  const { session } = socket;
  if (!session) return;
  const left = timeLeft(socket, draft);
  const isRight =
    left === null || expiresInMs === null ? left === expiresInMs : Math.abs(left - expiresInMs) <= CLOCK_TOLERANCE_MS;
  if (!isRight) setDeadline(draft, socket, session, expiresInMs);
}

/** The gateway announced the end. Its close frame must follow. */
export function onBye(draft: Draft, socket: SocketState, bye: NonNullable<SocketState["bye"]>): void {
  setSocket(draft, { ...socket, bye });
  arm(draft, "expire", CLOSE_GRACE_MS);
}

/** The session is over and no close frame arrived. The timer can be early, because browsers limit its length. */
export function onExpireTimer(draft: Draft, socket: SocketState): void {
  const left = (socket.session?.expiresAt ?? draft.now) + CLOSE_GRACE_MS - draft.now;
  if (!socket.bye && left > CLOSE_GRACE_MS) {
    arm(draft, "expire", left);
    return;
  }
  const bye = socket.bye ?? ({ reason: "session_expired" } as const);
  endAttempt(draft, closeInfoOf(1006, "", { ...socket, bye }));
}
