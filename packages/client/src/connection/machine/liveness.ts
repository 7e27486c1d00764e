import { type Draft, arm, disarm, endAttempt, setSocket, socketOf } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/** How long after a ping the connection may be silent before it counts as lost. */
const SILENCE_LIMIT_MS = 10_000;
/** Round trip above which an answer counts as late. */
const LATE_MS = 1500;

/** Schedules the next ping, unless there are no control messages or pings are turned off. */
export function schedulePing(draft: Draft, socket: SocketState, atMostMs: number = Infinity): void {
  const { pingIntervalMs } = draft.state.options;
  setSocket(draft, { ...socket, ping: undefined });
  disarm(draft, "pong");
  disarm(draft, "late");
  if (socket.controlled && pingIntervalMs > 0) {
    arm(draft, "ping", Math.min(pingIntervalMs, atMostMs));
  }
}

/** Sends a ping now: it is due, or the network or the page's visibility changed. */
export function pingNow(draft: Draft): void {
  const socket = socketOf(draft);
  if (!socket || socket.connectedAt === undefined || !socket.controlled || socket.ping) return;
  if (draft.state.options.pingIntervalMs > 0) ping(draft, socket);
}

function ping(draft: Draft, socket: SocketState): void {
  const id = socket.nextId;
  setSocket(draft, { ...socket, nextId: id + 1, ping: { id, sentAt: draft.now } });
  disarm(draft, "ping");
  draft.effects.push({ type: "send", message: { type: "ping", id } });
  arm(draft, "pong", SILENCE_LIMIT_MS);
  arm(draft, "late", LATE_MS);
}

export function onPong(draft: Draft, socket: SocketState, sentAt: number): void {
  const rttMs = draft.now - sentAt;
  // After a late answer the next ping is sent soon, to notice soon when the network recovers.
  schedulePing(draft, socket, rttMs > LATE_MS ? LATE_MS : undefined);
  draft.effects.push({ type: "emit", name: "latency", event: { rttMs } });
}

/** The answer is late. If the timer itself is late, the computer slept or the browser throttled the page: ping again. */
export function onLateTimer(draft: Draft, socket: SocketState): void {
  if (!socket.ping) return;
  const waitedMs = draft.now - socket.ping.sentAt;
  if (waitedMs > 2 * LATE_MS) ping(draft, socket);
  else draft.effects.push({ type: "emit", name: "unresponsive", event: { waitedMs } });
}

/** The answer is overdue. Received data proves the connection alive: the answer may be queued behind it. */
export function onPongTimer(draft: Draft, socket: SocketState): void {
  if (!socket.ping) return;
  const silentMs = draft.now - socket.ping.sentAt;
  if (draft.lastFrameAt > socket.ping.sentAt) {
    schedulePing(draft, socket);
  } else if (silentMs > 2 * SILENCE_LIMIT_MS) {
    // The computer slept: the answer may be queued behind this timer.
    ping(draft, socket);
  } else {
    const detail = `no frame arrived for ${Math.round(silentMs / 1000)} s`;
    endAttempt(draft, { reason: "connection_lost", action: "retry", code: 1006, detail, wasConnected: true });
  }
}
