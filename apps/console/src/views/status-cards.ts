import type { CloseInfo } from "@curfew/client";
import type { LinkProblem } from "../link/problem.ts";
import { endReasons } from "../words/end-reasons.ts";
import { linkProblemSentence } from "../words/link-problems.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";
import { element, setText } from "./element.ts";

export function createConnectingCard(name: string, attempt: number, onCancel: () => void): HTMLElement {
  return createCard({
    icon: "loader-circle",
    tone: "busy",
    title: `Connecting to ${name}`,
    sentence: attempt === 1 ? "Waiting for the machine’s console." : `Attempt ${attempt}.`,
    actions: [textButton("Cancel", onCancel)],
  });
}

/** While the page asks the link's `renew` address for a new token. */
export function createRequestingCard(): HTMLElement {
  return createCard({
    icon: "loader-circle",
    tone: "busy",
    title: "Getting new access",
    sentence: "Asking for a new token for this console.",
    actions: [],
  });
}

/** A reconnecting card and the way to count it down. */
export interface ReconnectingCard {
  readonly root: HTMLElement;
  readonly setTime: (milliseconds: number) => void;
}

export function createReconnectingCard(
  cause: CloseInfo,
  attempt: number,
  actions: { readonly tryNow: () => void; readonly cancel: () => void },
): ReconnectingCard {
  const words = endReasons[cause.reason];
  const when = element("dd", { role: "timer", "aria-live": "off" });
  const root = createCard({
    icon: words.icon,
    tone: "busy",
    title: words.title,
    sentence: "The page connects again by itself. Nothing is lost on the machine.",
    actions: [textButton("Try now", actions.tryNow, { kind: "primary" }), textButton("Cancel", actions.cancel)],
  });
  const facts = element("dl", { class: "facts" });
  facts.append(
    element("div", {}, element("dt", {}, "Attempt"), element("dd", {}, String(attempt))),
    element("div", {}, element("dt", {}, "Next try"), when),
  );
  root.querySelector(".card-sentence")?.after(facts);
  root.dataset["reason"] = cause.reason;
  return {
    root,
    setTime: (milliseconds) => {
      const seconds = Math.ceil(milliseconds / 1000);
      setText(when, seconds <= 0 ? "now" : `in ${seconds} s`);
    },
  };
}

export function createRefusedCard(problem: LinkProblem): HTMLElement {
  const card = createCard({
    icon: "unlink",
    tone: "problem",
    title: "This link was not followed",
    sentence: linkProblemSentence(problem),
    advice: "Open the console again from the place where you got the link, or ask whoever made it.",
    actions: [],
    foot: element(
      "footer",
      { class: "support" },
      element("div", { class: "support-line" }, element("code", {}, problem.kind)),
    ),
  });
  card.dataset["reason"] = problem.kind;
  return card;
}

/** `onOpen` is null when the page cannot get a token by itself. */
export function createNoTokenCard(onOpen: (() => void) | null): HTMLElement {
  return createCard({
    icon: "key-round",
    tone: "calm",
    title: onOpen === null ? "A new link is needed" : "Open this console again",
    sentence:
      "The address carries no token. For safety the page takes the token out of the address when it opens, so reloading it, or opening a copied address, needs a new one.",
    ...(onOpen === null ? { advice: "Open the console again from the place where you got the link." } : {}),
    actions: onOpen === null ? [] : [textButton("Open console", onOpen, { kind: "primary" })],
  });
}

/** The link's `renew` address gave no token. */
export function createRequestFailedCard(sentence: string, onRetry: () => void): HTMLElement {
  const words = endReasons.authorize_failed;
  const card = createCard({
    icon: words.icon,
    tone: words.tone,
    title: words.title,
    sentence: `${words.sentence} ${sentence}`,
    actions: [textButton("Try again", onRetry, { kind: "primary" })],
    foot: element(
      "footer",
      { class: "support" },
      element("div", { class: "support-line" }, element("code", {}, "authorize_failed")),
    ),
  });
  card.dataset["reason"] = "authorize_failed";
  return card;
}
