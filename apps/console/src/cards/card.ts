import { element } from "../widgets/element.ts";
import { icon, type IconName } from "../widgets/icons.ts";

export interface CardContent {
  readonly icon: IconName;
  readonly tone: "calm" | "problem" | "busy";
  readonly title: string;
  readonly sentence: string;
  /** Names and values in small type, such as when the session ended. */
  readonly facts?: readonly (readonly [name: string, value: string | HTMLElement])[];
  /** What to do where no button can do it. */
  readonly advice?: string | undefined;
  readonly actions: readonly (HTMLButtonElement | HTMLAnchorElement)[];
  /** The last line, in smaller type. */
  readonly foot?: HTMLElement;
  /** The machine-readable reason for the card. */
  readonly reason?: string;
}

/** A message in the middle of the page, in place of the console. */
export function createCard(content: CardContent): HTMLElement {
  const { facts = [], advice, actions } = content;
  return element(
    "section",
    { class: "card", "data-tone": content.tone, "data-reason": content.reason },
    element("div", { class: "card-icon" }, icon(content.icon)),
    element("h2", { class: "card-title", tabindex: "-1" }, content.title),
    element("p", { class: "card-sentence" }, content.sentence),
    facts.length === 0 ? undefined : createFacts(facts),
    advice === undefined ? undefined : element("p", { class: "card-advice" }, advice),
    actions.length === 0 ? undefined : element("div", { class: "card-actions" }, ...actions),
    content.foot,
  );
}

function createFacts(facts: NonNullable<CardContent["facts"]>): HTMLElement {
  const rows = facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return element("dl", { class: "facts" }, ...rows);
}

/**
 * The foot of a card about a problem: what a supporter asks for.
 *
 * @param detail - an English sentence from the SDK or the gateway
 */
export function createSupportFoot(code: string, detail?: string, button?: HTMLButtonElement): HTMLElement {
  return element(
    "footer",
    { class: "support" },
    detail === undefined ? undefined : element("p", { class: "support-detail" }, detail),
    element("div", { class: "support-line" }, element("code", {}, code), button),
  );
}
