import { SUBPROTOCOL } from "@curfew/protocol";
import type { CloseInfo } from "../close-info.ts";
import type { Address } from "../grant.ts";
import { endingOfClose } from "./ending.ts";
import { onLateTimer, onPongTimer, pingNow } from "./liveness.ts";
import {
  type Draft,
  applyPolicy,
  arm,
  disarm,
  beginAttempt,
  endAttempt,
  endForGood,
  linkOf,
  setLink,
} from "./outcome.ts";
import {
  advance,
  onControl,
  onExpireTimer,
  onRenew,
  onRenewTimer,
  onTokenFetchFailed,
  onTokenFetched,
  onWarnTimer,
} from "./session.ts";
import type { Clock, Link, MachineEvent, MachineState, Settings, Step, TimerName } from "./types.ts";

/** The machine before the first `connect`. */
export function initialState(settings: Settings): MachineState {
  return {
    settings,
    published: { status: "idle" },
    phase: { name: "idle" },
    serial: 0,
    attempt: 1,
    failingSince: null,
    reauthorized: false,
    hidden: false,
  };
}

/** What `event` makes of `state`. Any event may come in any state; one that does not fit is ignored. */
export function step(state: MachineState, event: MachineEvent, clock: Clock): Step {
  const draft: Draft = { state, effects: [], now: clock.now, lastFrameAt: clock.lastFrameAt };
  if (!("serial" in event) || event.serial === state.serial) apply(draft, event);
  return { state: draft.state, effects: draft.effects };
}

function apply(draft: Draft, event: MachineEvent): void {
  const { phase } = draft.state;
  const link = linkOf(draft);
  switch (event.type) {
    case "connect":
      connect(draft, event.hidden);
      break;
    case "close":
      if (phase.name !== "closed") endForGood(draft, clientClosed(link, event.detail));
      break;
    case "authorized":
      if (phase.name === "authorizing") openLink(draft, event.serial, event.address);
      break;
    case "authorizeFailed":
      if (phase.name === "authorizing") {
        const action = event.stop ? "stop" : "retry";
        endAttempt(draft, localEnding("authorize_failed", action, null, event.detail));
      }
      break;
    case "socketFailed":
      if (link) endAttempt(draft, localEnding("connect_failed", "stop", link, event.detail));
      break;
    case "opened":
      if (link && !link.opened) onOpened(draft, link, event.protocol);
      break;
    case "control":
      if (link) onControl(draft, link, event.text);
      break;
    case "socketClosed":
      if (link) endAttempt(draft, endingOfClose(event.code, event.reason, link));
      break;
    case "viewerClosed":
      if (link) endForGood(draft, clientClosed(link, "the viewer closed the channel"));
      break;
    case "viewerReady":
      if (link) {
        setLink(draft, { ...link, viewerReady: true });
        advance(draft);
      }
      break;
    case "viewerWaiting":
      if (link?.greeted && link.connectedAt === null) disarm(draft, "connect");
      break;
    case "viewerFailed":
      if (phase.name !== "idle" && phase.name !== "closed") {
        endForGood(draft, localEnding("viewer_failed", "stop", link, event.detail));
      }
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
    case "tokenFetched":
      if (link) onTokenFetched(draft, link, event.id, event.token);
      break;
    case "tokenFetchFailed":
      if (link) onTokenFetchFailed(draft, link, event.id, event.cause);
      break;
    case "online":
    case "visible":
      if (event.type === "visible") draft.state = { ...draft.state, hidden: false };
      retryNow(draft);
      pingNow(draft);
      break;
    case "offline":
      pingNow(draft);
      break;
    case "hidden":
      draft.state = { ...draft.state, hidden: true };
      break;
  }
}

function connect(draft: Draft, hidden: boolean): void {
  const { phase } = draft.state;
  if (phase.name === "idle" || phase.name === "closed") {
    draft.state = { ...draft.state, hidden, attempt: 1, failingSince: null, reauthorized: false };
    draft.effects.push({ type: "watchPage" });
    beginAttempt(draft, null);
  } else {
    retryNow(draft);
  }
}

function retryNow(draft: Draft): void {
  const { phase } = draft.state;
  if (phase.name !== "waiting") return;
  disarm(draft, "retry");
  beginAttempt(draft, phase.cause);
}

function openLink(draft: Draft, serial: number, address: Address): void {
  setLink(draft, {
    opened: false,
    controlled: false,
    greeted: false,
    viewerReady: false,
    connectedAt: null,
    session: null,
    bye: null,
    ping: null,
    renewal: null,
    nextId: 1,
  });
  arm(draft, "connect", draft.state.settings.connectTimeoutMs);
  draft.effects.push({ type: "openSocket", serial, address });
}

function onOpened(draft: Draft, link: Link, protocol: string): void {
  const controlled = protocol === SUBPROTOCOL;
  setLink(draft, { ...link, opened: true, controlled, greeted: !controlled });
  arm(draft, "connect", draft.state.settings.helloTimeoutMs);
  draft.effects.push({ type: "announceChannel" });
  advance(draft);
}

function onTimer(draft: Draft, name: TimerName): void {
  const link = linkOf(draft);
  if (name === "retry") retryNow(draft);
  if (!link) return;
  switch (name) {
    case "connect":
      if (link.connectedAt === null) {
        endAttempt(draft, localEnding("connect_failed", "retry", link, lateness(draft, link)));
      }
      break;
    case "ping":
      pingNow(draft);
      break;
    case "pong":
      onPongTimer(draft, link);
      break;
    case "late":
      onLateTimer(draft, link);
      break;
    case "warn":
      onWarnTimer(draft, link);
      break;
    case "expire":
      onExpireTimer(draft, link);
      break;
    case "renew":
      onRenewTimer(draft, link);
      break;
    case "retry":
      break;
  }
}

function lateness(draft: Draft, link: Link): string {
  const { connectTimeoutMs, helloTimeoutMs } = draft.state.settings;
  if (!link.opened) return `the connection did not open within ${connectTimeoutMs} ms`;
  const within = `within ${helloTimeoutMs} ms`;
  return link.greeted ? `the console did not start ${within}` : `the gateway sent no hello ${within}`;
}

function clientClosed(link: Link | null, detail: string | undefined): CloseInfo {
  return { ...localEnding("client_closed", "stop", link, detail), code: 1000 };
}

/** An ending that no close frame announced. */
function localEnding(
  reason: CloseInfo["reason"],
  action: CloseInfo["action"],
  link: Link | null,
  detail: string | undefined,
): CloseInfo {
  const text = detail === undefined || detail === "" ? {} : { detail };
  return { reason, action, code: 1006, ...text, wasConnected: typeof link?.connectedAt === "number" };
}
