import { format } from "../locales/format.ts";
import { type TimeStyle, timeLeft } from "../locales/time-left.ts";
import type { Messages } from "../locales/types.ts";
import type { Renewability, WarningPhase } from "./expiry-warning.ts";

/** What a page shows before the end of a session. */
export interface WarningDescription {
  /** When the session ends, in words, for screen readers: `This session ends in 4 minutes, 6 seconds.` */
  readonly time: string;
  /** The same to look at: `This session ends in 4:06.` */
  readonly countdown: string;
  /** What the user can do, or that the renewal failed; empty after a renewal. */
  readonly sentence: string;
  /** The label of the button that renews, or tells that the user is still there; undefined if nothing can be done. */
  readonly action: string | undefined;
  /** Whether the button is disabled because a renewal is in progress. */
  readonly busy: boolean;
}

/**
 * Describes the warning before the end of a session: texts, and what to offer to the user.
 *
 * @param leftMs - milliseconds until the end; null for a session without one
 */
export function describeWarning(
  phase: WarningPhase,
  renewability: Renewability,
  leftMs: number | null,
  { session, actions, language }: Messages,
): WarningDescription {
  if (phase === "inactive") {
    const when = (style: TimeStyle): string =>
      `${session.stillThere} ${format(session.closesWhenIdle, { time: timeLeft(language, leftMs ?? 0, style) })}`;
    const action = actions.stillHere;
    return { time: when("long"), countdown: when("digital"), sentence: "", action, busy: false };
  }
  const renewed = phase === "renewed";
  const failed = phase === "renew-failed";
  const busy = phase === "renewing";
  const label = busy ? session.renewing : failed ? actions.tryAgain : actions.renew;
  const when = (style: TimeStyle): string =>
    leftMs === null
      ? session.renewedForGood
      : format(renewed ? session.renewed : session.endsIn, { time: timeLeft(language, leftMs, style) });
  return {
    time: when("long"),
    countdown: when(renewed ? "long" : "digital"),
    sentence: renewed ? "" : failed ? session.renewFailed : session[renewability],
    action: renewed || renewability !== "renewable" ? undefined : label,
    busy,
  };
}
