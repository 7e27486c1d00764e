import type { CloseInfo } from "../model/close-info.ts";
import type { WebSocketArguments } from "../model/connect-info.ts";
import { onSocketClosed } from "./close-event.ts";
import { connectIfReady, onControl } from "./control-messages.ts";
import { catchUp, onExpireTimer } from "./deadline.ts";
import { onLateTimer, onPongTimer, pingNow, pingOnRequest, pingOnWake } from "./liveness.ts";
import { onOpened, onOutput, onSettleTimer } from "./opening.ts";
import { onRenew, onRenewTimer, onTokenFetchFailed, onTokenFetchTimeout, onTokenFetched } from "./renewal.ts";
import { onTakeoverAnswer } from "./takeover.ts";
import {
  type Draft,
  FRESH_ROW,
  applyPolicy,
  arm,
  beginAttempt,
  close,
  disarm,
  endAttempt,
  restart,
  setSocket,
  socketOf,
} from "./transitions.ts";
import type {
  ClockReading,
  MachineEvent,
  MachineState,
  ResolvedOptions,
  SocketState,
  Step,
  TimerName,
} from "./types.ts";
import { onWarnTimer } from "./warning.ts";

/** How long a user has to answer what a viewer asks, such as for a password. */
const USER_TIMEOUT_MS = 600_000;

/** The state before the first `connect`. */
export function initialState(options: ResolvedOptions): MachineState {
  return {
    options,
    published: { status: "idle" },
    phase: { name: "idle" },
    attemptId: 0,
    attempt: 1,
    failingSince: undefined,
    reauthorized: false,
    refusals: 0,
    lost: undefined,
    hidden: false,
  };
}

/** Applies an event to a state. Events can come in any state; those that do not fit are ignored. */
export function step(state: MachineState, event: MachineEvent, clock: ClockReading): Step {
  const draft: Draft = { state, effects: [], ...clock };
  if (!("attemptId" in event) || event.attemptId === state.attemptId) {
    const socket = socketOf(draft);
    if (socket && catchUp(draft, socket)) pingOnWake(draft);
    apply(draft, event);
  }
  return { state: draft.state, effects: draft.effects };
}

function apply(draft: Draft, event: MachineEvent): void {
  const { phase } = draft.state;
  const socket = socketOf(draft);
  switch (event.type) {
    case "connect":
    case "reconnect":
      connect(draft, event);
      break;
    case "ping":
      pingOnRequest(draft);
      break;
    case "close":
      if (phase.name !== "closed" && phase.name !== "idle") close(draft, clientClosed(socket, event.detail));
      break;
    case "authorized":
    case "authorizeFailed":
    case "lostNotRenewed":
      if (phase.name === "authorizing") applyToRequest(draft, event);
      break;
    case "viewerFailed":
      if (phase.name !== "idle" && phase.name !== "closed") onViewerFailed(draft, socket, event);
      break;
    case "policy":
      if (phase.name === "deciding") applyPolicy(draft, phase.cause, event.delayMs);
      break;
    case "timer":
      onTimer(draft, event.name);
      break;
    case "renew":
      onRenew(draft, event.token);
      break;
    case "online":
    case "visible":
      if (event.type === "visible") draft.state = { ...draft.state, hidden: false };
      retryNow(draft);
      pingOnWake(draft);
      break;
    case "offline":
    case "inputInSilence":
      pingNow(draft);
      break;
    case "hidden":
      draft.state = { ...draft.state, hidden: true };
      break;
    case "socketFailed":
    case "opened":
    case "control":
    case "output":
    case "socketClosed":
    case "viewerClosed":
    case "viewerReady":
    case "viewerWaiting":
    case "viewerAnswered":
    case "tokenFetched":
    case "tokenFetchFailed":
    case "answerTakeover":
      if (socket) applyToSocket(draft, socket, event);
      break;
  }
}

/** The answers of the page's callbacks to a request for access. */
type RequestEvent = Extract<MachineEvent, { type: "authorized" | "authorizeFailed" | "lostNotRenewed" }>;

function applyToRequest(draft: Draft, event: RequestEvent): void {
  switch (event.type) {
    case "authorized":
      disarm(draft, "callback");
      openSocket(draft, event.attemptId, event.webSocket, event.expiresInMs);
      break;
    case "authorizeFailed":
      endAttempt(draft, localClose("authorize_failed", event.stop ? "stop" : "retry", undefined, event.detail));
      break;
    case "lostNotRenewed":
      close(draft, { ...event.cause, detail: event.detail });
      break;
  }
}

/** The events that only an attempt with a socket takes. */
type SocketEvent = Extract<
  MachineEvent,
  {
    type:
      | "socketFailed"
      | "opened"
      | "control"
      | "output"
      | "socketClosed"
      | "viewerClosed"
      | "viewerReady"
      | "viewerWaiting"
      | "viewerAnswered"
      | "tokenFetched"
      | "tokenFetchFailed"
      | "answerTakeover";
  }
>;

function applyToSocket(draft: Draft, socket: SocketState, event: SocketEvent): void {
  switch (event.type) {
    case "socketFailed":
      endAttempt(draft, localClose("connect_failed", "stop", socket, event.detail));
      break;
    case "opened":
      if (!socket.opened) onOpened(draft, socket, event.protocol);
      break;
    case "control":
      onControl(draft, socket, event.text);
      break;
    case "output":
      if (!socket.hasOutput) onOutput(draft, socket);
      break;
    case "socketClosed":
      onSocketClosed(draft, socket, event.code, event.reason);
      break;
    case "viewerClosed":
      close(draft, clientClosed(socket, "the viewer closed the channel"));
      break;
    case "viewerReady":
      setSocket(draft, { ...socket, viewerReady: true });
      connectIfReady(draft);
      break;
    case "viewerWaiting":
    case "viewerAnswered":
      if (socket.greeted && socket.connectedAt === undefined) onQuestion(draft, socket, event.type === "viewerWaiting");
      break;
    case "tokenFetched":
      onTokenFetched(draft, socket, event.id, event.token);
      break;
    case "tokenFetchFailed":
      onTokenFetchFailed(draft, socket, event.id, event.cause);
      break;
    case "answerTakeover":
      onTakeoverAnswer(draft, socket, event.allow);
      break;
  }
}

/** The viewer asks the user, who may take long, or goes on with the answer. */
function onQuestion(draft: Draft, socket: SocketState, asksUser: boolean): void {
  setSocket(draft, { ...socket, asksUser });
  arm(draft, "connect", asksUser ? USER_TIMEOUT_MS : draft.state.options.helloTimeoutMs);
}

function onViewerFailed(
  draft: Draft,
  socket: SocketState | undefined,
  { reason, retry, detail }: Extract<MachineEvent, { type: "viewerFailed" }>,
): void {
  const cause = localClose(reason, retry && socket ? "retry" : "stop", socket, detail);
  if (cause.action === "retry") endAttempt(draft, cause);
  else close(draft, cause);
}

function connect(draft: Draft, { type, hidden }: Extract<MachineEvent, { type: "connect" | "reconnect" }>): void {
  const { phase } = draft.state;
  if (phase.name === "idle" || phase.name === "closed") {
    draft.state = { ...draft.state, hidden, ...FRESH_ROW, refusals: 0, lost: undefined };
    draft.effects.push({ type: "watchPage" });
    beginAttempt(draft, undefined);
  } else if (type === "connect" || phase.name === "waiting") {
    retryNow(draft);
  } else {
    restart(draft, { ...clientClosed(socketOf(draft), "a new connection was requested"), action: "retry" });
  }
}

function retryNow(draft: Draft): void {
  const { phase } = draft.state;
  if (phase.name !== "waiting") return;
  disarm(draft, "retry");
  beginAttempt(draft, phase.cause);
}

function openSocket(
  draft: Draft,
  attemptId: number,
  webSocket: WebSocketArguments,
  expiresInMs: number | undefined,
): void {
  setSocket(draft, {
    opened: false,
    knownEnd: expiresInMs === undefined ? undefined : draft.now + expiresInMs,
    controlled: false,
    greeted: false,
    hasOutput: false,
    viewerReady: false,
    asksUser: false,
    connectedAt: undefined,
    session: undefined,
    wallEnd: undefined,
    bye: undefined,
    ping: undefined,
    renewal: undefined,
    nextId: 1,
    takeoverId: undefined,
  });
  arm(draft, "connect", draft.state.options.connectTimeoutMs);
  draft.effects.push({ type: "openSocket", attemptId, webSocket });
}

function onTimer(draft: Draft, name: TimerName): void {
  const socket = socketOf(draft);
  if (name === "retry") retryNow(draft);
  if (name === "callback") onCallbackTimer(draft, socket);
  if (!socket) return;
  switch (name) {
    case "connect":
      if (socket.connectedAt === undefined) {
        const action = socket.asksUser ? "stop" : "retry";
        endAttempt(draft, localClose("connect_failed", action, socket, timeoutDetail(draft, socket)));
      }
      break;
    case "settle":
      onSettleTimer(draft, socket);
      break;
    case "ping":
      pingNow(draft);
      break;
    case "pong":
      onPongTimer(draft, socket);
      break;
    case "late":
      onLateTimer(draft, socket);
      break;
    case "warn":
      onWarnTimer(draft, socket);
      break;
    case "expire":
      onExpireTimer(draft, socket);
      break;
    case "renew":
      onRenewTimer(draft, socket);
      break;
    case "retry":
    case "callback":
      break;
  }
}

/** The page's callback does not answer. What it still answers is ignored. */
function onCallbackTimer(draft: Draft, socket: SocketState | undefined): void {
  const detail = `did not answer within ${draft.state.options.callbackTimeoutMs} ms`;
  if (draft.state.phase.name === "authorizing") {
    endAttempt(draft, localClose("authorize_failed", "retry", undefined, `authorize() ${detail}`));
  } else if (socket?.renewal && !socket.renewal.sent) {
    draft.effects.push({ type: "cancelCallbacks" });
    onTokenFetchTimeout(draft, socket, `the renew callback ${detail}`);
  }
}

function timeoutDetail(draft: Draft, socket: SocketState): string {
  const { connectTimeoutMs, helloTimeoutMs } = draft.state.options;
  if (!socket.opened) return `the connection did not open within ${connectTimeoutMs} ms`;
  if (socket.asksUser) return `there was no answer to the viewer's question within ${USER_TIMEOUT_MS / 1000} s`;
  const within = `within ${helloTimeoutMs} ms`;
  return socket.greeted ? `the console did not start ${within}` : `the gateway sent no hello ${within}`;
}

function clientClosed(socket: SocketState | undefined, detail: string | undefined): CloseInfo {
  return { ...localClose("client_closed", "stop", socket, detail), code: 1000 };
}

/** Describes an end without a close frame. */
function localClose(
  reason: CloseInfo["reason"],
  action: CloseInfo["action"],
  socket: SocketState | undefined,
  detail: string | undefined,
): CloseInfo {
  const text = detail === undefined || detail === "" ? {} : { detail };
  return { reason, action, code: 1006, ...text, wasConnected: socket?.connectedAt !== undefined };
}
