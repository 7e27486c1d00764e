import type { ConsoleState } from "@curfew/client";
import { fill } from "@curfew/client/messages";
import { duration, words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";
import { element, setText } from "./element.ts";
import { endIcons } from "./end-icons.ts";

/** A reconnecting card and the way to count it down. */
export interface ReconnectingCard {
  readonly root: HTMLElement;
  readonly setTime: (milliseconds: number) => void;
}

/** Says why the connection is gone, and counts down to the next attempt in figures and in a ring. */
export function createReconnectingCard(
  { cause, attempt, retryInMs }: Extract<ConsoleState, { status: "reconnecting" }>,
  actions: {
    readonly tryNow: () => void;
    /** Asks for a new token to try with; null when the page has nobody to ask. */
    readonly newAccess: (() => void) | null;
    readonly cancel: () => void;
  },
): ReconnectingCard {
  const { cards, sdk } = words();
  const when = element("span", { role: "timer", "aria-live": "off" });
  const root = createCard({
    icon: endIcons[cause.reason],
    tone: "busy",
    title: sdk.ends[cause.reason].title,
    sentence: sdk.states.reconnectingByItself,
    actions: [
      textButton(sdk.actions.tryNow, actions.tryNow, { kind: "primary" }),
      ...(actions.newAccess === null ? [] : [textButton(sdk.ends.token_expired.next, actions.newAccess)]),
      textButton(sdk.actions.cancel, actions.cancel),
    ],
  });
  const facts = element(
    "dl",
    { class: "facts" },
    element("div", {}, element("dt", {}, cards.attemptFact), element("dd", {}, String(attempt))),
    element("div", {}, element("dt", {}, cards.nextTry), element("dd", {}, when)),
  );
  root.querySelector(".card-sentence")?.after(facts);
  root.dataset["reason"] = cause.reason;
  root.dataset["countdown"] = "";
  return {
    root,
    setTime: (milliseconds) => {
      const part = retryInMs > 0 ? Math.min(1, Math.max(0, milliseconds / retryInMs)) : 0;
      root.style.setProperty("--left", part.toFixed(3));
      setText(when, milliseconds <= 0 ? cards.now : fill(cards.inTime, { time: duration(milliseconds) }));
    },
  };
}
