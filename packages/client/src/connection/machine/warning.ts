import { setDeadline } from "./deadline.ts";
import { renewAutomatically } from "./renewal.ts";
import { type Draft, setSession } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/**
 * Warns that the session ends soon.
 *
 * @param expiresInMs - milliseconds until the end
 */
export function warn(draft: Draft, socket: SocketState, expiresInMs: number): void {
  if (!socket.session) return;
  const session = { ...socket.session, expiring: true };
  const warned = socket.session.expiring ? socket : setSession(draft, socket, session);
  draft.effects.push({ type: "emit", name: "expiring", event: { expiresInMs, renewable: session.renewable } });
  renewAutomatically(draft, warned, session);
}

/** The gateway sent no warning. The timer can be early, because browsers limit its length. */
export function onWarnTimer(draft: Draft, socket: SocketState): void {
  const { session } = socket;
  if (!session || session.expiring || session.expiresAt === null) return;
  const left = Math.max(0, session.expiresAt - draft.now);
  if (left > draft.state.options.warnBeforeMs) setDeadline(draft, socket, session, left);
  else warn(draft, socket, left);
}
