import { SUBPROTOCOL } from "@curfew/protocol";
import type { SessionInfo } from "../model/state.ts";
import { connectIfReady } from "./control-messages.ts";
import { setDeadline } from "./deadline.ts";
import { type Draft, arm, disarm, setSocket } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/**
 * How long a connection without control messages must stay open, or until its first output, to count as accepted. Nova's
 * proxies open the WebSocket before they look at the token, and close it 0.04 to 0.2 s later if they refuse it.
 */
const SETTLE_MS = 1500;

/** A session that the server says nothing about. */
const UNNAMED_SESSION: SessionInfo = {
  id: null,
  expiresAt: null,
  expiring: false,
  renewable: false,
  renewing: false,
  access: "control",
  idleTimeoutMs: null,
  idleEndsAt: null,
  takeover: null,
};

/** The socket is open. */
export function onOpened(draft: Draft, socket: SocketState, protocol: string): void {
  const controlled = protocol === SUBPROTOCOL;
  setSocket(draft, { ...socket, opened: true, controlled });
  arm(draft, "connect", draft.state.options.helloTimeoutMs);
  if (!controlled) arm(draft, "settle", SETTLE_MS);
  draft.effects.push({ type: "announceChannel" });
}

/** The console's first output arrived. */
export function onOutput(draft: Draft, socket: SocketState): void {
  const heard = { ...socket, hasOutput: true };
  draft.state = { ...draft.state, refusals: 0 };
  if (socket.controlled || socket.greeted) setSocket(draft, heard);
  else accept(draft, heard);
}

export function onSettleTimer(draft: Draft, socket: SocketState): void {
  if (!socket.greeted) accept(draft, socket);
}

/** A server without control messages has accepted the session. Only `authorize()` can know when that ends. */
function accept(draft: Draft, socket: SocketState): void {
  disarm(draft, "settle");
  const greeted = { ...socket, greeted: true };
  setSocket(draft, greeted);
  if (socket.knownEnd !== undefined) {
    setDeadline(draft, greeted, UNNAMED_SESSION, Math.max(0, socket.knownEnd - draft.now));
  }
  connectIfReady(draft);
}
