import { type Draft, endAttempt, arm, disarm, linkOf, setLink } from "./outcome.ts";
import type { Link } from "./types.ts";

/** How long nothing may arrive after a ping. */
const SILENCE_LIMIT_MS = 10_000;
/** From when on an answer is late. */
const LATE_MS = 1500;

/** Arms the next ping; without control messages, or with pings turned off, there is none. */
export function pingLater(draft: Draft, link: Link, atMostMs: number = Infinity): void {
  const { pingIntervalMs } = draft.state.settings;
  setLink(draft, { ...link, ping: null });
  disarm(draft, "pong");
  disarm(draft, "late");
  if (link.controlled && pingIntervalMs > 0) {
    arm(draft, "ping", Math.min(pingIntervalMs, atMostMs));
  }
}

/** Pings now: it is time, or the network or the page's visibility changed. */
export function pingNow(draft: Draft): void {
  const link = linkOf(draft);
  if (!link || link.connectedAt === null || !link.controlled || link.ping) return;
  if (draft.state.settings.pingIntervalMs > 0) ping(draft, link);
}

function ping(draft: Draft, link: Link): void {
  const id = link.nextId;
  setLink(draft, { ...link, nextId: id + 1, ping: { id, sentAt: draft.now } });
  disarm(draft, "ping");
  draft.effects.push({ type: "send", message: { type: "ping", id } });
  arm(draft, "pong", SILENCE_LIMIT_MS);
  arm(draft, "late", LATE_MS);
}

export function onPong(draft: Draft, link: Link, sentAt: number): void {
  const rttMs = draft.now - sentAt;
  // After a late answer the next ping comes soon, so that it is known soon when the network is better.
  pingLater(draft, link, rttMs > LATE_MS ? LATE_MS : undefined);
  draft.effects.push({ type: "emit", name: "latency", event: { rttMs } });
}

/** The answer is late. A timer that is late itself says nothing: the computer slept, or the browser held the page. */
export function onLateTimer(draft: Draft, link: Link): void {
  if (!link.ping) return;
  const waitedMs = draft.now - link.ping.sentAt;
  if (waitedMs > 2 * LATE_MS) ping(draft, link);
  else draft.effects.push({ type: "emit", name: "unresponsive", event: { waitedMs } });
}

/** The answer is overdue. Data counts as a sign of life: the answer may be stuck behind it. */
export function onPongTimer(draft: Draft, link: Link): void {
  if (!link.ping) return;
  const silentMs = draft.now - link.ping.sentAt;
  if (draft.lastFrameAt > link.ping.sentAt) {
    pingLater(draft, link);
  } else if (silentMs > 2 * SILENCE_LIMIT_MS) {
    // The computer slept: the answer may be waiting behind this very timer.
    ping(draft, link);
  } else {
    const detail = `no frame arrived for ${Math.round(silentMs / 1000)} s`;
    endAttempt(draft, { reason: "connection_lost", action: "retry", code: 1006, detail, wasConnected: true });
  }
}
