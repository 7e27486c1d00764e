import { endTraits } from "@curfew/client/messages";
import type { LinkProblem } from "../link/problem.ts";
import { linkProblemSentence } from "../words/link-problems.ts";
import { words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { createCard } from "./card.ts";
import { element } from "./element.ts";
import { endIcons } from "./end-icons.ts";

/** While the page asks the link's `renew` address for a new token. */
export function createRequestingCard(onCancel: () => void): HTMLElement {
  return createCard({
    icon: "loader-circle",
    tone: "busy",
    title: words().cards.gettingAccess,
    sentence: words().cards.gettingAccessSentence,
    actions: [textButton(words().sdk.actions.cancel, onCancel)],
  });
}

export function createRefusedCard(problem: LinkProblem): HTMLElement {
  const card = createCard({
    icon: "unlink",
    tone: "problem",
    title: words().cards.refused,
    sentence: linkProblemSentence(problem),
    advice: words().cards.refusedAdvice,
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
  const { cards, sdk } = words();
  return createCard({
    icon: "key-round",
    tone: "calm",
    title: onOpen === null ? cards.newLinkNeeded : cards.openAgain,
    sentence: cards.noToken,
    ...(onOpen === null ? { advice: cards.noTokenAdvice } : {}),
    actions: onOpen === null ? [] : [textButton(sdk.actions.open, onOpen, { kind: "primary" })],
  });
}

/** The link's `renew` address gave no token. */
export function createRequestFailedCard(sentence: string, onRetry: () => void): HTMLElement {
  const { authorize_failed: failed } = words().sdk.ends;
  const card = createCard({
    icon: endIcons.authorize_failed,
    tone: endTraits.authorize_failed.tone,
    title: failed.title,
    sentence: `${failed.sentence} ${sentence}`,
    actions: [textButton(failed.next, onRetry, { kind: "primary" })],
    foot: element(
      "footer",
      { class: "support" },
      element("div", { class: "support-line" }, element("code", {}, "authorize_failed")),
    ),
  });
  card.dataset["reason"] = "authorize_failed";
  return card;
}
