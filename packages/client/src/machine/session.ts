import { MAX_CONTROL_BYTES, type ServerMessage, parseServerMessage } from "@curfew/protocol";
import { ConsoleError } from "../errors.ts";
import type { SessionInfo } from "../state.ts";
import { endingOfClose } from "./ending.ts";
import { onPong, pingLater } from "./liveness.ts";
import { type Draft, arm, disarm, endAttempt, linkOf, publish, setLink, setSession } from "./outcome.ts";
import type { Link } from "./types.ts";

/** How long the gateway's own warning may be late before ours is given, at most. */
const WARNING_GRACE_MS = 1000;
/** How long the closing may be late after the end of the session, or after `bye`. */
const CLOSE_GRACE_MS = 2000;
/** How long the gateway may take to answer a renewal. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A control message of the gateway. */
export function onControl(draft: Draft, link: Link, text: string): void {
  const parsed = parseServerMessage(text);
  if (parsed.ok === "ignored") return;
  if (parsed.ok) {
    onMessage(draft, link, parsed.message);
    return;
  }
  const detail = `the gateway sent a bad control message: ${parsed.error}`;
  const wasConnected = link.connectedAt !== null;
  endAttempt(draft, { reason: "protocol_error", action: "stop", code: 4000, detail, wasConnected }, 4000);
}

function onMessage(draft: Draft, link: Link, message: ServerMessage): void {
  switch (message.type) {
    case "hello":
      if (!link.greeted) greet(draft, link, message);
      break;
    case "expiring":
      if (link.session) warn(draft, setDeadline(draft, link, link.session, message.expiresInMs), message.expiresInMs);
      break;
    case "renewed":
      if (link.session) onRenewed(draft, link, link.session, message);
      break;
    case "renew_failed":
      if (link.renewal?.id === message.id) {
        failRenewal(draft, link, new ConsoleError("renew_failed", message.detail ?? message.reason));
      }
      break;
    case "pong":
      if (link.ping?.id === message.id) onPong(draft, link, link.ping.sentAt);
      break;
    case "bye": {
      const { reason, detail } = message;
      setLink(draft, { ...link, bye: { reason, ...(detail === undefined ? {} : { detail }) } });
      arm(draft, "expire", CLOSE_GRACE_MS);
      break;
    }
  }
}

function greet(draft: Draft, link: Link, hello: Extract<ServerMessage, { type: "hello" }>): void {
  const session: SessionInfo = {
    id: hello.session,
    expiresAt: null,
    expiring: false,
    renewable: hello.renewable,
    renewing: false,
  };
  const greeted = { ...link, greeted: true, session };
  setLink(draft, greeted);
  setDeadline(draft, greeted, session, hello.expiresInMs);
  // The viewer's handshake has the time that hello had.
  arm(draft, "connect", draft.state.settings.helloTimeoutMs);
  advance(draft);
}

/** After each step of an opening: tells the page once gateway and viewer are both ready. */
export function advance(draft: Draft): void {
  const link = linkOf(draft);
  if (!link || link.connectedAt !== null || !link.opened || !link.greeted) return;
  if (draft.state.settings.waitForViewer && !link.viewerReady) return;
  const connected = { ...link, connectedAt: draft.now };
  disarm(draft, "connect");
  setLink(draft, connected);
  publish(draft, { status: "connected", session: link.session });
  pingLater(draft, connected);
  const ready = linkOf(draft);
  if (ready?.session?.expiring) renewAutomatically(draft, ready, ready.session);
}

/** Notes when the session ends and arms the two timers that belong to it. */
function setDeadline(draft: Draft, link: Link, session: SessionInfo, expiresInMs: number | null): Link {
  const { warnBeforeMs } = draft.state.settings;
  if (expiresInMs === null) {
    disarm(draft, "warn");
    disarm(draft, "expire");
    return setSession(draft, link, { ...session, expiresAt: null });
  }
  const untilWarning = Math.max(0, expiresInMs - warnBeforeMs) + Math.min(WARNING_GRACE_MS, warnBeforeMs / 2);
  arm(draft, "warn", untilWarning);
  arm(draft, "expire", expiresInMs + CLOSE_GRACE_MS);
  return setSession(draft, link, { ...session, expiresAt: draft.now + expiresInMs });
}

function warn(draft: Draft, link: Link, expiresInMs: number): void {
  if (!link.session) return;
  const session = { ...link.session, expiring: true };
  const warned = link.session.expiring ? link : setSession(draft, link, session);
  draft.effects.push({ type: "emit", name: "expiring", event: { expiresInMs, renewable: session.renewable } });
  renewAutomatically(draft, warned, session);
}

/** The gateway was silent: warn in its place. A timer may come early, because browsers limit its length. */
export function onWarnTimer(draft: Draft, link: Link): void {
  const { session } = link;
  if (!session || session.expiring || session.expiresAt === null) return;
  const left = Math.max(0, session.expiresAt - draft.now);
  if (left > draft.state.settings.warnBeforeMs) setDeadline(draft, link, session, left);
  else warn(draft, link, left);
}

/** The session is over, and the closing did not arrive. */
export function onExpireTimer(draft: Draft, link: Link): void {
  const left = (link.session?.expiresAt ?? draft.now) + CLOSE_GRACE_MS - draft.now;
  if (!link.bye && left > CLOSE_GRACE_MS) {
    arm(draft, "expire", left);
    return;
  }
  const bye = link.bye ?? ({ reason: "session_expired" } as const);
  endAttempt(draft, endingOfClose(1006, "", { ...link, bye }));
}

function renewAutomatically(draft: Draft, link: Link, session: SessionInfo): void {
  const { autoRenew, canFetchToken } = draft.state.settings;
  if (autoRenew && canFetchToken && link.connectedAt !== null && session.renewable && !link.renewal) {
    startRenewal(draft, link, session, null);
  }
}

/** A renewal that the page asked for. The newest one with a token of its own replaces what is under way. */
export function onRenew(draft: Draft, token: string | null): void {
  const link = linkOf(draft);
  if (!link || link.connectedAt === null) {
    refuse(draft, new ConsoleError("not_connected", `cannot renew while ${draft.state.published.status}`));
    return;
  }
  const joins = token === null && link.renewal !== null;
  if (joins) return;
  if (!link.session?.renewable) {
    refuse(draft, new ConsoleError("not_renewable", "the gateway does not renew this session in place"));
  } else if (token === null && !draft.state.settings.canFetchToken) {
    refuse(draft, new ConsoleError("not_renewable", "renew() needs a token, or the option renew"));
  } else {
    startRenewal(draft, link, link.session, token);
  }
}

function startRenewal(draft: Draft, link: Link, session: SessionInfo, token: string | null): void {
  const id = link.nextId;
  if (link.renewal) draft.effects.push({ type: "cancelCallbacks" });
  const renewing = { ...session, renewing: true };
  const next = setSession(draft, { ...link, nextId: id + 1, renewal: { id, sent: false } }, renewing);
  if (token === null) draft.effects.push({ type: "fetchToken", serial: draft.state.serial, id, session: renewing });
  else sendRenewal(draft, next, id, token);
}

export function onTokenFetched(draft: Draft, link: Link, id: number, token: string): void {
  if (link.renewal?.id === id && !link.renewal.sent) sendRenewal(draft, link, id, token);
}

export function onTokenFetchFailed(draft: Draft, link: Link, id: number, cause: unknown): void {
  if (link.renewal?.id !== id) return;
  failRenewal(draft, link, new ConsoleError("renew_failed", "the renew callback failed", { cause }));
}

function sendRenewal(draft: Draft, link: Link, id: number, token: string): void {
  const message = { type: "renew", id, token } as const;
  if (typeof token !== "string" || token === "" || JSON.stringify(message).length > MAX_CONTROL_BYTES) {
    const expected = `a token must be a non-empty string that fits into ${MAX_CONTROL_BYTES} bytes`;
    failRenewal(draft, link, new ConsoleError("renew_failed", expected));
    return;
  }
  setLink(draft, { ...link, renewal: { id, sent: true } });
  draft.effects.push({ type: "send", message });
  arm(draft, "renew", ANSWER_TIMEOUT_MS);
}

/** An answer to a renewal that was given up still moved the deadline. */
function onRenewed(
  draft: Draft,
  link: Link,
  session: SessionInfo,
  message: Extract<ServerMessage, { type: "renewed" }>,
): void {
  const { expiresInMs } = message;
  const mine = link.renewal?.id === message.id;
  const renewed = {
    ...session,
    expiring: false,
    renewing: session.renewing && !mine,
    renewable: message.renewable ?? session.renewable,
  };
  if (mine) disarm(draft, "renew");
  setDeadline(draft, mine ? { ...link, renewal: null } : link, renewed, expiresInMs);
  draft.effects.push({ type: "emit", name: "renewed", event: { expiresInMs } });
  if (mine) settle(draft, null);
}

export function onRenewTimer(draft: Draft, link: Link): void {
  if (link.renewal) failRenewal(draft, link, new ConsoleError("timeout", "the gateway did not answer the renewal"));
}

function failRenewal(draft: Draft, link: Link, error: ConsoleError): void {
  const idle = { ...link, renewal: null };
  disarm(draft, "renew");
  if (link.session) setSession(draft, idle, { ...link.session, renewing: false });
  refuse(draft, error);
}

function refuse(draft: Draft, error: ConsoleError): void {
  draft.effects.push({ type: "emit", name: "renewfailed", event: error });
  settle(draft, error);
}

function settle(draft: Draft, error: ConsoleError | null): void {
  draft.effects.push({ type: "settleRenewals", error });
}
