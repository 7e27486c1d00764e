import { CloseCode, closeAction, closeReason } from "@curfew/protocol";
import { cleanName } from "../../util/clean-name.ts";
import type { CloseInfo, CloseReason } from "../model/close-info.ts";
import { type Draft, STABLE_AFTER_MS, endAttempt } from "./transitions.ts";
import type { SocketState } from "./types.ts";

/** How much earlier than `authorize()` said a session can end: its answer was on its way for a while. */
const EXPIRY_SLACK_MS = 1000;
/** What websockify and Nova's proxies write into a close frame with the code 1000 when the console closes. */
const TARGET_CLOSED_TEXTS: readonly string[] = ["Target closed", "target_closed"];
/** After this many refusals without a reason there are no more attempts: the first could be a network that broke. */
const MAX_REFUSALS = 2;

/** The socket closed. */
export function onSocketClosed(draft: Draft, socket: SocketState, code: number, text: string): void {
  const info = closeInfoOf(code, text, socket);
  if (hasRunOut(draft, socket, info)) {
    endAttempt(draft, { ...info, reason: "session_expired", action: closeAction(CloseCode.session_expired) });
  } else if (isRefusal(draft, socket, info)) {
    const refusals = draft.state.refusals + 1;
    draft.state = { ...draft.state, refusals };
    const action = refusals < MAX_REFUSALS ? "retry" : "stop";
    const detail = "the server opened the connection and closed it at once, without a reason";
    endAttempt(draft, { ...info, reason: "server_refused", action, detail });
  } else {
    endAttempt(draft, info);
  }
}

/** Whether the connection of a session closed when its time was over. Nova's proxies then close without a reason. */
function hasRunOut({ now }: Draft, { session, connectedAt, controlled }: SocketState, { reason }: CloseInfo): boolean {
  if (connectedAt === undefined || typeof session?.expiresAt !== "number") return false;
  // A race in Nova's proxies: sometimes they say at the end that the target closed.
  const isVague = reason === "connection_lost" || (reason === "target_closed" && !controlled);
  return isVague && now >= session.expiresAt - (controlled ? 0 : EXPIRY_SLACK_MS);
}

/** Whether a server without control messages closed a connection that had not had a byte: so Nova's proxies refuse. */
function isRefusal({ now }: Draft, socket: SocketState, { code, reason }: CloseInfo): boolean {
  const { controlled, hasOutput, connectedAt } = socket;
  if (reason !== "connection_lost" || code !== 1006 || controlled || hasOutput) return false;
  return connectedAt === undefined || now - connectedAt < STABLE_AFTER_MS;
}

/**
 * What a socket's close event means (RFC 6455, section 7.4).
 *
 * @param code - the event's code
 * @param text - the event's reason
 */
export function closeInfoOf(code: number, text: string, socket: SocketState): CloseInfo {
  const { bye } = socket;
  const wasConnected = socket.connectedAt !== undefined;
  // A private code overrides `bye`: it may come from a newer gateway, and it determines the action.
  if (code >= 4000 || !bye) {
    const reason = closeReason(code);
    const detail = bye?.detail ?? (text === reason ? "" : text);
    return {
      reason: reason ?? standardReason(code, text, socket),
      action: closeAction(code),
      code,
      ...(detail ? { detail } : {}),
      ...operatorMessage(bye),
      wasConnected,
    };
  }
  return {
    reason: bye.reason,
    action: closeAction(CloseCode[bye.reason]),
    code,
    ...(bye.detail === undefined ? {} : { detail: bye.detail }),
    ...operatorMessage(bye),
    wasConnected,
  };
}

/** As long as the gateway takes it. */
const MAX_MESSAGE = 500;

/** The operator's message, cleaned: it is from the gateway, which may not be ours. */
function operatorMessage(bye: SocketState["bye"]): Pick<CloseInfo, "message"> {
  const message = cleanName(bye?.message ?? "", MAX_MESSAGE);
  return message ? { message } : {};
}

/** What a code means that is not one of the gateway's. */
function standardReason(code: number, text: string, { opened }: SocketState): CloseReason {
  if (code === 1000 && TARGET_CLOSED_TEXTS.includes(text)) return "target_closed";
  if (code >= 4000 || closeAction(code) === "stop") return "unknown";
  return opened ? "connection_lost" : "connect_failed";
}
