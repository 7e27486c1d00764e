import { CLOSE_REASON_TRAITS } from "@curfew/client/messages";
import type { UrlProblem } from "../console-url/url-problem.ts";
import { texts } from "../locales/texts.ts";
import { urlProblemSentence } from "../locales/url-problems.ts";
import { textButton } from "../widgets/buttons.ts";
import { createCard, createSupportFoot } from "./card.ts";
import { CLOSE_REASON_ICONS } from "./close-reason-icons.ts";

/** While the page requests a new token. */
export function createRequestingCard(onCancel: () => void): HTMLElement {
  const { cards, sdk } = texts();
  return createCard({
    icon: "loader-circle",
    tone: "busy",
    title: cards.gettingAccess,
    sentence: cards.gettingAccessSentence,
    actions: [textButton(sdk.actions.cancel, onCancel)],
  });
}

/** The page does not open this URL. */
export function createRefusedCard(problem: UrlProblem): HTMLElement {
  const { cards } = texts();
  return createCard({
    icon: "unlink",
    tone: "problem",
    title: cards.refused,
    sentence: urlProblemSentence(problem),
    advice: cards.refusedAdvice,
    actions: [],
    foot: createSupportFoot(problem.kind),
    reason: problem.kind,
  });
}

/**
 * @param onOpen - requests a token and opens the console; undefined where the page cannot
 * @param isBlocked - whether it cannot because the operator does not allow what the URL names
 */
export function createNoTokenCard(onOpen: (() => void) | undefined, isBlocked: boolean): HTMLElement {
  const { access, cards, sdk } = texts();
  const advice = isBlocked ? access.blocked : cards.noTokenAdvice;
  return createCard({
    icon: "key-round",
    tone: "calm",
    title: onOpen === undefined ? cards.newLinkNeeded : cards.openAgain,
    sentence: cards.noToken,
    advice: onOpen === undefined ? advice : undefined,
    actions: onOpen === undefined ? [] : [textButton(sdk.actions.open, onOpen, { kind: "primary" })],
  });
}

/**
 * The request for a new token failed.
 *
 * @param sentence - why
 */
export function createRequestFailedCard(sentence: string, onRetry: () => void): HTMLElement {
  const reason = "authorize_failed";
  const failed = texts().sdk.closeReasons[reason];
  return createCard({
    icon: CLOSE_REASON_ICONS[reason],
    tone: CLOSE_REASON_TRAITS[reason].tone,
    title: failed.title,
    sentence: `${failed.sentence} ${sentence}`,
    actions: [textButton(failed.next, onRetry, { kind: "primary" })],
    foot: createSupportFoot(reason),
    reason,
  });
}
