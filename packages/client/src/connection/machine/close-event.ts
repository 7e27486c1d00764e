import { CloseCode, closeAction, closeReason } from "@curfew/protocol";
import type { CloseInfo } from "../model/close-info.ts";
import type { SocketState } from "./types.ts";

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
      reason: reason ?? (code >= 4000 || closeAction(code) === "stop" ? "unknown" : lossReason(socket)),
      action: closeAction(code),
      code,
      ...(detail ? { detail } : {}),
      wasConnected,
    };
  }
  return {
    reason: bye.reason,
    action: closeAction(CloseCode[bye.reason]),
    code,
    ...(bye.detail === undefined ? {} : { detail: bye.detail }),
    wasConnected,
  };
}

function lossReason(socket: SocketState): "connection_lost" | "connect_failed" {
  return socket.opened ? "connection_lost" : "connect_failed";
}
