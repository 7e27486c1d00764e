import { type Draft, arm, disarm, endAttempt, setSocket, socketOf } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/** How long after a ping the connection may be silent before it counts as lost. */
const SILENCE_LIMIT_MS = 10_000;
/** The same after the network or the page came back, when a dead connection is likely and the user waits. */
const WAKE_LIMIT_MS = 3000;
/** Round trip above which an answer counts as late. */
const LATE_MS = 1500;
/** How late a timer must be for the computer to have slept, or stood still. In a hidden tab it may be a second late. */
const SLEPT_MS = 1000;

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

/** Sends a ping now, unless one waits for its answer: it is due, the user did something, or the network is gone. */
export function pingNow(draft: Draft): void {
  if (draft.state.options.pingIntervalMs > 0) pingOnRequest(draft);
}

/** The same, also where pings are turned off. */
export function pingOnRequest(draft: Draft): void {
  const socket = pingable(draft);
  if (socket && !socket.ping) ping(draft, socket, SILENCE_LIMIT_MS, false);
}

/** The network, the page or the computer came back: an answer must come soon, whatever was sent before. */
export function pingOnWake(draft: Draft): void {
  const socket = pingable(draft);
  if (socket && draft.state.options.pingIntervalMs > 0) ping(draft, socket, WAKE_LIMIT_MS, false);
}

/** The socket, if the gateway on the other end answers pings. */
function pingable(draft: Draft): SocketState | undefined {
  const socket = socketOf(draft);
  return socket?.connectedAt !== undefined && socket.controlled ? socket : undefined;
}

function ping(draft: Draft, socket: SocketState, limitMs: number, isSecond: boolean): void {
  const id = socket.nextId;
  setSocket(draft, { ...socket, nextId: id + 1, ping: { id, sentAt: draft.now, limitMs, isSecond } });
  disarm(draft, "ping");
  draft.effects.push({ type: "send", message: { type: "ping", id } });
  arm(draft, "pong", limitMs);
  arm(draft, "late", LATE_MS);
}

export function onPong(draft: Draft, socket: SocketState, sentAt: number): void {
  const rttMs = draft.now - sentAt;
  // After a late answer the next ping is sent soon, to notice soon when the network recovers.
  schedulePing(draft, socket, rttMs > LATE_MS ? LATE_MS : undefined);
  draft.effects.push({ type: "emit", name: "latency", event: { rttMs } });
}

/** The answer is late. If the timer itself is late, the computer slept or the browser throttled the page: ping again, once. */
export function onLateTimer(draft: Draft, socket: SocketState): void {
  if (!socket.ping) return;
  const { sentAt, limitMs, isSecond } = socket.ping;
  const waitedMs = draft.now - sentAt;
  if (waitedMs > 2 * LATE_MS && !isSecond) ping(draft, socket, limitMs, true);
  else draft.effects.push({ type: "emit", name: "unresponsive", event: { waitedMs } });
}

/** The answer is overdue. Received data proves the connection alive: the answer may be queued behind it. */
export function onPongTimer(draft: Draft, socket: SocketState): void {
  if (!socket.ping) return;
  const { sentAt, limitMs, isSecond } = socket.ping;
  const silentMs = draft.now - sentAt;
  if (draft.lastFrameAt > sentAt) {
    schedulePing(draft, socket);
  } else if (silentMs > limitMs + SLEPT_MS && !isSecond) {
    // The answer may be queued behind this timer.
    ping(draft, socket, limitMs, true);
  } else {
    const detail = `no frame arrived for ${Math.round(silentMs / 1000)} s`;
    endAttempt(draft, { reason: "connection_lost", action: "retry", code: 1006, detail, wasConnected: true });
  }
}
