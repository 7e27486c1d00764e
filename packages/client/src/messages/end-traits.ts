import type { CloseReason } from "../close-info.ts";

/**
 * What a person can do after an end: `reopen` with the access they have, get `new-access` first, or
 * ask the `operator`.
 */
export type NextStep = "reopen" | "new-access" | "operator";

/** What does not depend on the language. */
export interface EndTraits {
  /** `calm` for an end that was to be expected, `problem` for one that was not. */
  readonly tone: "calm" | "problem";
  readonly step: NextStep;
}

const expected: EndTraits = { tone: "calm", step: "reopen" };
const timeIsOver: EndTraits = { tone: "calm", step: "new-access" };
const failed: EndTraits = { tone: "problem", step: "reopen" };
const noAccess: EndTraits = { tone: "problem", step: "new-access" };
const refused: EndTraits = { tone: "problem", step: "operator" };

/** Tone and next step of each end reason. */
export const endTraits: Readonly<Record<CloseReason, EndTraits>> = {
  session_expired: timeIsOver,
  token_expired: timeIsOver,
  token_invalid: noAccess,
  session_terminated: { tone: "calm", step: "operator" },
  session_replaced: expected,
  idle_timeout: expected,
  forbidden: refused,
  target_not_found: refused,
  protocol_error: refused,
  server_draining: expected,
  server_busy: failed,
  target_unreachable: failed,
  target_closed: expected,
  target_timeout: failed,
  internal_error: failed,
  client_closed: expected,
  connection_lost: failed,
  connect_failed: failed,
  authorize_failed: noAccess,
  viewer_failed: failed,
  unknown: failed,
};
