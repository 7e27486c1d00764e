import { CloseCode } from "@curfew/protocol";
import { expect, test } from "vitest";
import type { CloseInfo, CloseReason } from "../src/connection/model/close-info.ts";
import { CLOSE_REASON_TRAITS } from "../src/locales/close-reason-traits.ts";

const reasons = Object.keys(CLOSE_REASON_TRAITS) as CloseReason[];
const ended = (reason: CloseReason): CloseInfo => ({ reason, action: "stop", code: 4321, wasConnected: true });

test("the reasons are the gateway's and those that only the client can see", () => {
  expect(reasons.toSorted()).toEqual(
    [
      ...Object.keys(CloseCode),
      "client_closed",
      "connection_lost",
      "connect_failed",
      "server_refused",
      "access_expired",
      "authorize_failed",
      "credentials_rejected",
      "server_not_trusted",
      "server_unsupported",
      "viewer_load_failed",
      "viewer_failed",
      "unknown",
    ].toSorted(),
  );
});

// The compiler is the test: one case less or one more, and a line below is an error.
test("a switch over the reasons is complete with all of them, and only then", () => {
  const isLast = (reason: "unknown"): boolean => {
    switch (reason) {
      case "unknown":
        return false;
      default:
        return reason satisfies never;
    }
  };
  const isKnown = ({ reason }: CloseInfo): boolean => {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the compiler is to say it
    switch (reason) {
      case "session_expired":
      case "token_expired":
      case "token_invalid":
      case "console_moved":
      case "instance_deleted":
      case "session_terminated":
      case "session_replaced":
      case "takeover_denied":
      case "idle_timeout":
      case "forbidden":
      case "origin_not_allowed":
      case "target_not_found":
      case "target_closed":
      case "target_unreachable":
      case "target_timeout":
      case "target_untrusted":
      case "target_security_failed":
      case "lookup_failed":
      case "server_draining":
      case "server_busy":
      case "internal_error":
      case "protocol_error":
      case "connection_lost":
      case "connect_failed":
      case "server_refused":
      case "access_expired":
      case "authorize_failed":
      case "credentials_rejected":
      case "server_not_trusted":
      case "server_unsupported":
      case "viewer_load_failed":
      case "viewer_failed":
      case "client_closed":
        return true;
      default:
        // @ts-expect-error `unknown` is left
        reason satisfies never;
        return reason === "unknown" && isLast(reason);
    }
  };
  expect(reasons.filter((reason) => !isKnown(ended(reason)))).toEqual(["unknown"]);
});
