import type { CloseReason } from "../connection/model/close-info.ts";

/**
 * What the user can do after the end of a console: `reopen` it with the same access, get
 * `new-access` first, ask the `operator`, or `none`: there is no console any more.
 */
export type NextStep = "reopen" | "new-access" | "operator" | "none";

/** What a page needs to know about a close reason, apart from texts. */
export interface CloseReasonTraits {
  /** `calm` for an end that was to be expected, `problem` for any other. */
  readonly tone: "calm" | "problem";
  /** What the user can do next. */
  readonly step: NextStep;
  /** Whether time ran out, for an icon with a clock. */
  readonly timedOut: boolean;
}

function traits(tone: CloseReasonTraits["tone"], step: NextStep, timedOut = false): CloseReasonTraits {
  return { tone, step, timedOut };
}

const EXPECTED = traits("calm", "reopen");
const EXPIRED = traits("calm", "new-access", true);
const FAILED = traits("problem", "reopen");
const NO_ACCESS = traits("problem", "new-access");
const REFUSED = traits("problem", "operator");

/** Tone and next step of each close reason. */
export const CLOSE_REASON_TRAITS: Readonly<Record<CloseReason, CloseReasonTraits>> = {
  session_expired: EXPIRED,
  token_expired: EXPIRED,
  token_invalid: NO_ACCESS,
  console_moved: traits("calm", "new-access"),
  instance_deleted: traits("calm", "none"),
  session_terminated: EXPECTED,
  session_replaced: EXPECTED,
  takeover_denied: EXPECTED,
  idle_timeout: traits("calm", "reopen", true),
  forbidden: REFUSED,
  origin_not_allowed: REFUSED,
  target_not_found: REFUSED,
  target_untrusted: REFUSED,
  target_security_failed: REFUSED,
  protocol_error: REFUSED,
  server_draining: EXPECTED,
  server_busy: FAILED,
  target_unreachable: FAILED,
  target_closed: EXPECTED,
  target_timeout: FAILED,
  lookup_failed: FAILED,
  internal_error: FAILED,
  client_closed: EXPECTED,
  connection_lost: FAILED,
  connect_failed: FAILED,
  server_refused: NO_ACCESS,
  access_expired: EXPIRED,
  authorize_failed: NO_ACCESS,
  credentials_rejected: FAILED,
  server_not_trusted: FAILED,
  server_unsupported: REFUSED,
  viewer_load_failed: FAILED,
  viewer_failed: FAILED,
  unknown: FAILED,
};
