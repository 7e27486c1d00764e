import type { ConsoleState } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { createElement, describeReconnecting, setText } from "@curfew/client/ui";
import { duration, texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { blockedTexts } from "./blocked-texts.ts";
import { createCard } from "./card.ts";
import { CLOSE_REASON_ICONS } from "./close-reason-icons.ts";

export interface ReconnectingCard {
  readonly root: HTMLElement;
  /** Shows the milliseconds until the next attempt. */
  readonly setTime: (leftMs: number) => void;
}

export interface ReconnectingActions {
  readonly tryNow: () => void;
  /** Requests a new token to connect with; undefined where the page cannot. */
  readonly newAccess: (() => void) | undefined;
  readonly cancel: () => void;
}

/**
 * Says why the connection was lost, and counts down to the next attempt in numbers and in a ring.
 *
 * @param blocked - something between browser and gateway seems to block WebSockets
 */
export function createReconnectingCard(
  { cause, attempt, retryInMs }: Extract<ConsoleState, { status: "reconnecting" }>,
  blocked: boolean,
  actions: ReconnectingActions,
): ReconnectingCard {
  const { cards, sdk } = texts();
  const when = createElement("span", { role: "timer", "aria-live": "off" });
  const root = createCard({
    icon: CLOSE_REASON_ICONS[cause.reason],
    tone: "busy",
    title: sdk.closeReasons[cause.reason].title,
    sentence: describeReconnecting(cause, sdk),
    ...(blocked ? blockedTexts() : {}),
    facts: [
      [cards.attemptFact, String(attempt)],
      [cards.nextAttempt, when],
    ],
    actions: [
      textButton(sdk.actions.tryNow, actions.tryNow, { kind: "primary" }),
      ...(actions.newAccess === undefined ? [] : [textButton(sdk.closeReasons.token_expired.next, actions.newAccess)]),
      textButton(sdk.actions.cancel, actions.cancel),
    ],
    reason: cause.reason,
  });
  root.dataset["countdown"] = "";
  return {
    root,
    setTime: (leftMs) => {
      const fraction = retryInMs > 0 ? Math.min(1, Math.max(0, leftMs / retryInMs)) : 0;
      root.style.setProperty("--left", fraction.toFixed(3));
      setText(when, leftMs <= 0 ? cards.now : format(cards.inTime, { time: duration(leftMs) }));
    },
  };
}
