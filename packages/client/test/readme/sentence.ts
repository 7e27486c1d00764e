import type { CloseInfo } from "@curfew/client";

export function sentence(info: CloseInfo): string {
  switch (info.reason) {
    case "session_expired":
      return "Your time at this console is over.";
    case "token_expired":
      return "This link has expired.";
    case "token_invalid":
      return "This link is not valid.";
    case "session_terminated":
      return "An operator ended the session.";
    case "session_replaced":
      return "The console was opened somewhere else.";
    case "idle_timeout":
      return "The session ended because nobody used it.";
    case "forbidden":
      return "You may not open this console.";
    case "target_not_found":
      return "This machine does not exist.";
    case "target_closed":
      return "The machine closed its console.";
    case "target_unreachable":
    case "target_timeout":
      return "The machine does not answer.";
    case "server_draining":
    case "server_busy":
    case "internal_error":
      return "The console service is not available just now.";
    case "connection_lost":
      return "The connection was lost.";
    case "connect_failed":
      return "The console service cannot be reached.";
    case "authorize_failed":
      return `Access was refused: ${info.detail ?? "no reason given"}.`;
    case "viewer_failed":
      return `The console could not be shown: ${info.detail ?? "no reason given"}.`;
    case "client_closed":
      return "You closed the console.";
    case "protocol_error":
    case "unknown":
      return `The console ended (code ${info.code}).`;
    default:
      return info.reason satisfies never;
  }
}
