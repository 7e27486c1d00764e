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

/** Tone and next step of each end reason. */
export const endTraits: Readonly<Record<CloseReason, EndTraits>> = {
  session_expired: { tone: "calm", step: "new-access" },
  token_expired: { tone: "calm", step: "new-access" },
  token_invalid: { tone: "problem", step: "new-access" },
  session_terminated: { tone: "calm", step: "operator" },
  session_replaced: { tone: "calm", step: "reopen" },
  idle_timeout: { tone: "calm", step: "reopen" },
  forbidden: { tone: "problem", step: "operator" },
  target_not_found: { tone: "problem", step: "operator" },
  protocol_error: { tone: "problem", step: "operator" },
  server_draining: { tone: "calm", step: "reopen" },
  server_busy: { tone: "problem", step: "reopen" },
  target_unreachable: { tone: "problem", step: "reopen" },
  target_closed: { tone: "calm", step: "reopen" },
  target_timeout: { tone: "problem", step: "reopen" },
  internal_error: { tone: "problem", step: "reopen" },
  client_closed: { tone: "calm", step: "reopen" },
  connection_lost: { tone: "problem", step: "reopen" },
  connect_failed: { tone: "problem", step: "reopen" },
  authorize_failed: { tone: "problem", step: "new-access" },
  viewer_failed: { tone: "problem", step: "reopen" },
  unknown: { tone: "problem", step: "reopen" },
};
