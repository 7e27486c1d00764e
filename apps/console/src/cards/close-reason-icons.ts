import type { CloseReason } from "@curfew/client";
import type { IconName } from "../widgets/icons.ts";

/** The icon for each close reason. A close reason added to the SDK does not compile without one. */
export const CLOSE_REASON_ICONS: Readonly<Record<CloseReason, IconName>> = {
  session_expired: "clock-alert",
  token_expired: "clock-alert",
  token_invalid: "unlink",
  console_moved: "unlink",
  instance_deleted: "power-off",
  session_terminated: "user-x",
  session_replaced: "users",
  idle_timeout: "moon",
  forbidden: "shield-x",
  origin_not_allowed: "shield-x",
  target_not_found: "search-x",
  target_untrusted: "shield-x",
  target_security_failed: "monitor-x",
  protocol_error: "triangle-alert",
  server_draining: "server-off",
  server_busy: "server-off",
  target_unreachable: "monitor-off",
  target_closed: "power-off",
  target_timeout: "monitor-off",
  lookup_failed: "server-off",
  internal_error: "triangle-alert",
  client_closed: "circle-check",
  connection_lost: "wifi-off",
  connect_failed: "wifi-off",
  authorize_failed: "key-round",
  viewer_failed: "monitor-x",
  unknown: "circle-question-mark",
};
