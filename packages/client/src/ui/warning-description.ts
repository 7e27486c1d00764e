import type { SessionInfo } from "../connection/model/state.ts";
import { format } from "../locales/format.ts";
import { timeLeft } from "../locales/time-left.ts";
import type { Messages } from "../locales/types.ts";
import type { WarningPhase } from "./expiry-warning.ts";

/** Whether a session can be renewed from a page. The names are those of the sentences in {@link Messages.session}. */
export type Renewability = "renewable" | "needsNewAccess" | "notRenewable";

/**
 * Whether a session can be renewed.
 *
 * @param canRenew - whether the page can get a token to renew with
 */
export function renewabilityOf(session: SessionInfo | null, canRenew: boolean): Renewability {
  if (session && !session.renewable) return "notRenewable";
  return canRenew ? "renewable" : "needsNewAccess";
}

/** What a page shows before the end of a session. */
export interface WarningDescription {
  /** What the user can do, or that the renewal failed; empty after a renewal. */
  readonly sentence: string;
  /** The button that renews; absent if the session cannot be renewed. */
  readonly renew?: { readonly label: string; readonly disabled: boolean } | undefined;
  /**
   * When the session ends, as a sentence.
   *
   * @param leftMs - milliseconds until the end; null for a session without one
   */
  readonly time: (leftMs: number | null) => string;
}

/** Describes the warning before the end of a session: texts, and what to offer to the user. */
export function describeWarning(
  phase: WarningPhase,
  renewability: Renewability,
  { session, actions, language }: Messages,
): WarningDescription {
  const renewed = phase === "renewed";
  const failed = phase === "renew-failed";
  const disabled = phase === "renewing";
  const label = disabled ? session.renewing : failed ? actions.tryAgain : actions.renew;
  return {
    sentence: renewed ? "" : failed ? session.renewFailed : session[renewability],
    renew: renewed || renewability !== "renewable" ? undefined : { label, disabled },
    time: (leftMs) =>
      leftMs === null
        ? session.renewedForGood
        : format(renewed ? session.renewed : session.endsIn, { time: timeLeft(language, leftMs) }),
  };
}
