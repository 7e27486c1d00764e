import type { ConsoleState } from "@curfew/client";
import type { WarningPhase } from "@curfew/client/ui";

/**
 * What the page shows, as one word: `data-state` on the document's body.
 * `refused` and `no-token` come before any connection; the others follow the SDK's state.
 */
export type PageStatus =
  | "refused"
  | "no-token"
  | "connecting"
  | "credentials"
  | "identity"
  | "connected"
  | "expiring"
  | "renewing"
  | "renew-failed"
  | "reconnecting"
  | "ended";

/** What the machine's console requires before it opens: a password, or trust in its key. */
export type SignInStep = "credentials" | "identity";

/** What the page knows beyond the SDK's state. */
export interface PageFacts {
  /** The sign-in step that waits for the user. */
  readonly signIn: SignInStep | undefined;
  /** What is to be said about the end of the session. */
  readonly warning: WarningPhase | undefined;
}

/** Whether a warning is about something else than the session's time. */
function isQuiet(warning: WarningPhase): warning is "renewed" | "inactive" {
  return warning === "renewed" || warning === "inactive";
}

export function pageStatus(state: ConsoleState, facts: PageFacts): PageStatus {
  if (state.status === "connected")
    return facts.warning === undefined || isQuiet(facts.warning) ? "connected" : facts.warning;
  if (state.status === "reconnecting") return "reconnecting";
  if (state.status === "closed") return "ended";
  return facts.signIn ?? "connecting";
}

/** A status in which the console is shown and takes input. */
export type OpenStatus = "connected" | "expiring" | "renewing" | "renew-failed";

export function isOpen(status: PageStatus): status is OpenStatus {
  return status === "connected" || status === "expiring" || status === "renewing" || status === "renew-failed";
}
