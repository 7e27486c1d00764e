import type { ConsoleState, SessionInfo } from "@curfew/client";

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
  /** The last renewal failed, and none has succeeded since. */
  readonly renewFailed: boolean;
}

export function pageStatus(state: ConsoleState, facts: PageFacts): PageStatus {
  if (state.status === "connected") return connectedStatus(state.session, facts);
  if (state.status === "reconnecting") return "reconnecting";
  if (state.status === "closed") return "ended";
  return facts.signIn ?? "connecting";
}

function connectedStatus(session: SessionInfo | null, facts: PageFacts): PageStatus {
  if (session === null) return "connected";
  if (session.renewing) return "renewing";
  if (!session.expiring) return "connected";
  return facts.renewFailed ? "renew-failed" : "expiring";
}

/** A status in which the console is shown and takes input. */
export type OpenStatus = "connected" | "expiring" | "renewing" | "renew-failed";

export function isOpen(status: PageStatus): status is OpenStatus {
  return status === "connected" || status === "expiring" || status === "renewing" || status === "renew-failed";
}
