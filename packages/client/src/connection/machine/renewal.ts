import { MAX_CONTROL_BYTES, type ServerMessage } from "@curfew/protocol";
import { ConsoleError } from "../model/errors.ts";
import type { SessionInfo } from "../model/state.ts";
import { setDeadline } from "./deadline.ts";
import { type Draft, arm, disarm, setSession, setSocket, socketOf } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/** How long the gateway may take to answer a renewal. */
const ANSWER_TIMEOUT_MS = 10_000;

/** With `autoRenew`, starts a renewal unless one is in progress. */
export function renewAutomatically(draft: Draft, socket: SocketState, session: SessionInfo): void {
  const { autoRenew, canFetchToken } = draft.state.options;
  if (autoRenew && canFetchToken && socket.connectedAt !== undefined && session.renewable && !socket.renewal) {
    startRenewal(draft, socket, session, undefined);
  }
}

/** The page called `renew()`. A call with a token replaces the renewal in progress, a call without one joins it. */
export function onRenew(draft: Draft, token: string | undefined): void {
  const socket = socketOf(draft);
  if (!socket || socket.connectedAt === undefined) {
    refuse(draft, new ConsoleError("not_connected", `cannot renew while ${draft.state.published.status}`));
    return;
  }
  const joins = token === undefined && socket.renewal;
  if (joins) return;
  if (!socket.session?.renewable) {
    refuse(draft, new ConsoleError("not_renewable", "the gateway does not renew this session in place"));
  } else if (token === undefined && !draft.state.options.canFetchToken) {
    refuse(draft, new ConsoleError("not_renewable", "renew() needs a token, or the option renew"));
  } else {
    startRenewal(draft, socket, socket.session, token);
  }
}

/** @param token - fetched from the application if undefined */
function startRenewal(draft: Draft, socket: SocketState, session: SessionInfo, token: string | undefined): void {
  const id = socket.nextId;
  const { attemptId } = draft.state;
  if (socket.renewal) draft.effects.push({ type: "cancelCallbacks" });
  const renewing = { ...session, renewing: true };
  const next = setSession(draft, { ...socket, nextId: id + 1, renewal: { id, sent: false } }, renewing);
  if (token === undefined) {
    draft.effects.push({ type: "fetchToken", attemptId, id, session: renewing });
    const { callbackTimeoutMs } = draft.state.options;
    if (callbackTimeoutMs > 0) arm(draft, "callback", callbackTimeoutMs);
  } else {
    sendRenewal(draft, next, id, token);
  }
}

export function onTokenFetched(draft: Draft, socket: SocketState, id: number, token: string): void {
  if (socket.renewal?.id === id && !socket.renewal.sent) sendRenewal(draft, socket, id, token);
}

export function onTokenFetchFailed(draft: Draft, socket: SocketState, id: number, cause: unknown): void {
  if (socket.renewal?.id !== id) return;
  const why = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
  failRenewal(draft, socket, new ConsoleError("renew_failed", `the renew callback failed${why}`, { cause }));
}

export function onTokenFetchTimeout(draft: Draft, socket: SocketState, detail: string): void {
  failRenewal(draft, socket, new ConsoleError("timeout", detail));
}

function sendRenewal(draft: Draft, socket: SocketState, id: number, token: string): void {
  const message = { type: "renew", id, token } as const;
  if (typeof token !== "string" || token === "" || JSON.stringify(message).length > MAX_CONTROL_BYTES) {
    const expected = `a token must be a non-empty string that fits into ${MAX_CONTROL_BYTES} bytes`;
    failRenewal(draft, socket, new ConsoleError("renew_failed", expected));
    return;
  }
  setSocket(draft, { ...socket, renewal: { id, sent: true } });
  disarm(draft, "callback");
  draft.effects.push({ type: "send", message });
  arm(draft, "renew", ANSWER_TIMEOUT_MS);
}

/** The gateway renewed the session. An answer to a renewal that was abandoned moved the deadline too. */
export function onRenewed(
  draft: Draft,
  socket: SocketState,
  session: SessionInfo,
  message: Extract<ServerMessage, { type: "renewed" }>,
): void {
  const { expiresInMs } = message;
  const isCurrent = socket.renewal?.id === message.id;
  const renewed = {
    ...session,
    expiring: false,
    renewing: session.renewing && !isCurrent,
    renewable: message.renewable ?? session.renewable,
  };
  if (isCurrent) disarm(draft, "renew");
  setDeadline(draft, isCurrent ? { ...socket, renewal: undefined } : socket, renewed, expiresInMs);
  draft.effects.push({ type: "emit", name: "renewed", event: { expiresInMs } });
  if (isCurrent) settle(draft, undefined);
}

/** The gateway refused the renewal. */
export function onRenewFailed(
  draft: Draft,
  socket: SocketState,
  message: Extract<ServerMessage, { type: "renew_failed" }>,
): void {
  if (socket.renewal?.id !== message.id) return;
  failRenewal(draft, socket, new ConsoleError("renew_failed", message.detail ?? message.reason));
}

export function onRenewTimer(draft: Draft, socket: SocketState): void {
  if (socket.renewal) failRenewal(draft, socket, new ConsoleError("timeout", "the gateway did not answer the renewal"));
}

function failRenewal(draft: Draft, socket: SocketState, error: ConsoleError): void {
  const idle = { ...socket, renewal: undefined };
  disarm(draft, "renew");
  disarm(draft, "callback");
  if (socket.session) setSession(draft, idle, { ...socket.session, renewing: false });
  refuse(draft, error);
}

function refuse(draft: Draft, error: ConsoleError): void {
  draft.effects.push({ type: "emit", name: "renewfailed", event: error });
  settle(draft, error);
}

function settle(draft: Draft, error: ConsoleError | undefined): void {
  draft.effects.push({ type: "settleRenewals", error });
}
