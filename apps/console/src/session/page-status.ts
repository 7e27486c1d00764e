import type { ConsoleState, SessionInfo } from "@curfew/client";

/**
 * What the page shows, as one word: `data-state` of the document's body.
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

/** What the machine's console wants of the person before it opens: a password, or trust in its key. */
export type Question = "credentials" | "identity";

/** What the page knows beyond the SDK's state. */
export interface PageFacts {
  /** What the person is being asked. */
  readonly asked: Question | null;
  /** The last renewal failed, and none has succeeded since. */
  readonly renewFailed: boolean;
}

export function pageStatus(state: ConsoleState, facts: PageFacts): PageStatus {
  if (state.status === "connected") return openStatus(state.session, facts);
  if (state.status === "reconnecting") return "reconnecting";
  if (state.status === "closed") return "ended";
  return facts.asked ?? "connecting";
}

function openStatus(session: SessionInfo | null, facts: PageFacts): PageStatus {
  if (session === null) return "connected";
  if (session.renewing) return "renewing";
  if (!session.expiring) return "connected";
  return facts.renewFailed ? "renew-failed" : "expiring";
}

/** Whether the console is on the page and takes input. */
export function isOpen(status: PageStatus): boolean {
  return status === "connected" || status === "expiring" || status === "renewing" || status === "renew-failed";
}
