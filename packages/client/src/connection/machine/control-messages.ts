import { type ServerMessage, parseServerMessage } from "@curfew/protocol";
import type { SessionInfo } from "../model/state.ts";
import { correctDeadline, onBye, setDeadline } from "./deadline.ts";
import { onPong, schedulePing } from "./liveness.ts";
import { onRenewFailed, onRenewed, renewAutomatically } from "./renewal.ts";
import { onTakeoverOver, onTakeoverPending, onTakeoverRequest } from "./takeover.ts";
import { type Draft, arm, disarm, endAttempt, publish, setSession, setSocket, socketOf } from "./transitions.ts";
import type { SocketState } from "./types.ts";
import { warn } from "./warning.ts";

/** Handles a control message of the gateway. */
export function onControl(draft: Draft, socket: SocketState, text: string): void {
  const parsed = parseServerMessage(text);
  if (parsed.ok === "ignored") return;
  if (parsed.ok) {
    onMessage(draft, socket, parsed.message);
    return;
  }
  const detail = `the gateway sent a bad control message: ${parsed.error}`;
  const wasConnected = socket.connectedAt !== undefined;
  endAttempt(draft, { reason: "protocol_error", action: "stop", code: 4000, detail, wasConnected }, 4000);
}

function onMessage(draft: Draft, socket: SocketState, message: ServerMessage): void {
  switch (message.type) {
    case "hello":
      if (!socket.greeted) onHello(draft, socket, message);
      break;
    case "expiring":
      if (socket.session) {
        warn(draft, setDeadline(draft, socket, socket.session, message.expiresInMs), message.expiresInMs);
      }
      break;
    case "renewed":
      if (socket.session) onRenewed(draft, socket, socket.session, message);
      break;
    case "renew_failed":
      onRenewFailed(draft, socket, message);
      break;
    case "pong":
      if (message.expiresInMs !== undefined) correctDeadline(draft, socket, message.expiresInMs);
      answered(draft, message.id);
      break;
    case "idle_warning":
      onIdleWarning(draft, socket, message.endsInMs);
      break;
    case "takeover_request":
      onTakeoverRequest(draft, socket, message);
      break;
    case "takeover_over":
      onTakeoverOver(draft, socket, message);
      break;
    case "takeover_pending":
      onTakeoverPending(draft, socket, message);
      break;
    case "bye": {
      const { type: _, ...bye } = message;
      onBye(draft, socket, bye);
      break;
    }
  }
}

function answered(draft: Draft, id: number): void {
  const socket = socketOf(draft);
  if (socket?.ping?.id === id) onPong(draft, socket, socket.ping.sentAt);
}

function onHello(draft: Draft, socket: SocketState, hello: Extract<ServerMessage, { type: "hello" }>): void {
  const session: SessionInfo = {
    id: hello.session,
    expiresAt: null,
    expiring: false,
    renewable: hello.renewable,
    renewing: false,
    access: hello.access ?? "control",
    idleTimeoutMs: hello.idleTimeoutMs ?? null,
    idleEndsAt: null,
    takeover: null,
  };
  const greeted = { ...socket, greeted: true, session };
  setSocket(draft, greeted);
  setDeadline(draft, greeted, session, hello.expiresInMs);
  // The viewer's handshake has as much time as hello had.
  arm(draft, "connect", draft.state.options.helloTimeoutMs);
  connectIfReady(draft);
}

/** The session ends soon because it is not used, or there was input after such a warning. */
function onIdleWarning(draft: Draft, socket: SocketState, endsInMs: number | null): void {
  if (!socket.session) return;
  const idleEndsAt = endsInMs === null ? null : draft.now + endsInMs;
  setSession(draft, socket, { ...socket.session, idleEndsAt });
  draft.effects.push({ type: "emit", name: "idlewarning", event: { endsInMs } });
}

/** Publishes `connected` once the gateway and the viewer are ready. */
export function connectIfReady(draft: Draft): void {
  const socket = socketOf(draft);
  if (!socket || socket.connectedAt !== undefined || !socket.opened || !socket.greeted) return;
  if (draft.state.options.waitForViewer && !socket.viewerReady) return;
  const connected = { ...socket, connectedAt: draft.now };
  const { lost } = draft.state;
  draft.state = { ...draft.state, lost: undefined };
  disarm(draft, "connect");
  setSocket(draft, connected);
  publish(draft, { status: "connected", session: socket.session ?? null });
  if (lost?.renewed) {
    const expiresAt = socket.session?.expiresAt ?? null;
    const expiresInMs = expiresAt === null ? null : Math.max(0, expiresAt - draft.now);
    draft.effects.push({ type: "emit", name: "renewed", event: { expiresInMs } });
  }
  schedulePing(draft, connected);
  const ready = socketOf(draft);
  if (ready?.session?.expiring) renewAutomatically(draft, ready, ready.session);
}
