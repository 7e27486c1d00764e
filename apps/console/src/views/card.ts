import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

export interface CardContent {
  readonly icon: IconName;
  readonly tone: "calm" | "problem" | "busy";
  readonly title: string;
  readonly sentence: string;
  /** Names and values in small type, such as when the session ended. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** What to do where no button can do it. */
  readonly advice?: string;
  readonly actions: readonly (HTMLButtonElement | HTMLAnchorElement)[];
  /** Smaller still, at the foot. */
  readonly foot?: HTMLElement;
}

/** The message in the middle of the page that stands where the console was or will be. */
export function createCard(content: CardContent): HTMLElement {
  const title = element("h2", { class: "card-title", tabindex: "-1" }, content.title);
  return element(
    "section",
    { class: "card", "data-tone": content.tone },
    element("div", { class: "card-icon" }, icon(content.icon)),
    title,
    element("p", { class: "card-sentence" }, content.sentence),
    content.facts === undefined || content.facts.length === 0
      ? null
      : element(
          "dl",
          { class: "facts" },
          ...content.facts.map(([name, value]) =>
            element("div", {}, element("dt", {}, name), element("dd", {}, value)),
          ),
        ),
    content.advice === undefined ? null : element("p", { class: "card-advice" }, content.advice),
    content.actions.length === 0 ? null : element("div", { class: "card-actions" }, ...content.actions),
    content.foot ?? null,
  );
}
