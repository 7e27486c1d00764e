import type { SessionInfo } from "../model/state.ts";
import { closeInfoOf } from "./close-event.ts";
import { type Draft, arm, disarm, endAttempt, setSession, setSocket } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/** How late the gateway's warning may be before the client warns instead, at most. */
const WARNING_GRACE_MS = 1000;
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
    return setSession(draft, socket, { ...session, expiresAt: null });
  }
  const untilWarning = Math.max(0, expiresInMs - warnBeforeMs) + Math.min(WARNING_GRACE_MS, warnBeforeMs / 2);
  arm(draft, "warn", untilWarning);
  arm(draft, "expire", expiresInMs + CLOSE_GRACE_MS);
  return setSession(draft, socket, { ...session, expiresAt: draft.now + expiresInMs });
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
