import type { ConsoleState } from "../state.ts";

/** What an element shows, as one word; also its attribute `status`. */
export type ConsolePhase =
  | "idle"
  | "connecting"
  | "connected"
  /** Connected, from the warning of the end on. */
  | "expiring"
  | "renewing"
  | "renew-failed"
  /** Connected, for some seconds after a renewal. */
  | "renewed"
  | "reconnecting"
  | "closed";

/** What an element knows beyond the state of its connection. */
export interface PhaseFacts {
  /** The session renews itself: nobody has to be told, unless it fails. */
  readonly autoRenew: boolean;
  /** How the last renewal went; null before the first of a session and some time after it. */
  readonly renewal: "done" | "failed" | null;
}

/** The phase that a state and the facts amount to. */
export function phaseOf(state: ConsoleState, { autoRenew, renewal }: PhaseFacts): ConsolePhase {
  if (state.status !== "connected") return state.status;
  const { session } = state;
  if (session?.expiring && renewal === "failed") return session.renewing ? "renewing" : "renew-failed";
  if (autoRenew) return "connected";
  if (session?.renewing) return "renewing";
  if (session?.expiring) return "expiring";
  return renewal === "done" ? "renewed" : "connected";
}
