import { createElement } from "@curfew/client/ui";
import { icon, type IconName } from "../widgets/icons.ts";

/** Names and values, such as when the session ended. */
export type CardFacts = readonly (readonly [name: string, value: string | HTMLElement])[];

export interface CardContent {
  readonly icon: IconName;
  readonly tone: "calm" | "problem" | "busy";
  readonly title: string;
  readonly sentence: string;
  /** What another person wrote, with who that is. */
  readonly quote?: string | undefined;
  readonly facts?: CardFacts;
  /** What to do where no button can do it. */
  readonly advice?: string | undefined;
  readonly actions: readonly (HTMLButtonElement | HTMLAnchorElement)[];
  /** The last line, in smaller type. */
  readonly foot?: HTMLElement;
  /** The machine-readable reason for the card. */
  readonly reason?: string;
}

/** The elements that describe a card's title. There is one card at a time. */
const DESCRIPTIONS = ["card-sentence", "card-quote", "card-advice"] as const;

/** A message in the middle of the page, in place of the console. */
export function createCard(content: CardContent): HTMLElement {
  const { facts = [], quote, advice, actions } = content;
  return createElement(
    "section",
    { class: "card", "data-tone": content.tone, "data-reason": content.reason },
    createElement("div", { class: "card-icon" }, icon(content.icon)),
    // Screen readers say what has the focus and what describes it.
    createElement(
      "h2",
      { class: "card-title", tabindex: "-1", "aria-describedby": DESCRIPTIONS.join(" ") },
      content.title,
    ),
    createElement("p", { class: "card-sentence", id: "card-sentence" }, content.sentence),
    quote === undefined ? undefined : createElement("p", { class: "card-quote", id: "card-quote" }, quote),
    advice === undefined ? undefined : createElement("p", { class: "card-advice", id: "card-advice" }, advice),
    facts.length === 0 ? undefined : createFacts(facts),
    actions.length === 0 ? undefined : createElement("div", { class: "card-actions" }, ...actions),
    content.foot,
  );
}

function createFacts(facts: CardFacts): HTMLElement {
  const rows = facts.map(([name, value]) =>
    createElement("div", {}, createElement("dt", {}, name), createElement("dd", {}, value)),
  );
  return createElement("dl", { class: "facts" }, ...rows);
}

/**
 * The foot of a card about a problem: what a supporter asks for.
 *
 * @param detail - an English sentence from the SDK or the gateway
 */
export function createSupportFoot(
  code: string,
  detail?: string,
  button?: HTMLButtonElement,
  facts?: CardFacts,
): HTMLElement {
  return createElement(
    "footer",
    { class: "support" },
    facts === undefined ? undefined : createFacts(facts),
    detail === undefined ? undefined : createElement("p", { class: "support-detail" }, detail),
    createElement("div", { class: "support-line" }, createElement("code", {}, code), button),
  );
}
