import { CloseCode, closeAction, closeReason } from "@curfew/protocol";
import type { CloseInfo } from "../close-info.ts";
import type { Link } from "./types.ts";

/** The ending that a socket's close event stands for (RFC 6455, section 7.4). */
export function endingOfClose(code: number, text: string, link: Link): CloseInfo {
  const { bye } = link;
  const wasConnected = link.connectedAt !== null;
  // A private code of the close frame beats `bye`: it may be of a newer gateway, and tells the action.
  if (code >= 4000 || !bye) {
    const reason = closeReason(code);
    const detail = bye?.detail ?? (text === reason ? "" : text);
    return {
      reason: reason ?? (code >= 4000 || closeAction(code) === "stop" ? "unknown" : lost(link)),
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

function lost(link: Link): "connection_lost" | "connect_failed" {
  return link.opened ? "connection_lost" : "connect_failed";
}
