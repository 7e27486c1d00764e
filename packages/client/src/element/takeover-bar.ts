import type { TakeoverRequest } from "../connection/model/state.ts";
import type { Messages } from "../locales/types.ts";
import { createElement, setText } from "../ui/dom.ts";
import { describeTakeover } from "../ui/takeover-description.ts";
import { button, part } from "./dom.ts";
import { Ring } from "./icons.ts";

/** How long a user usually has, in milliseconds; the ring shows how much of it is left. */
const TOTAL_MS = 10_000;

/**
 * The question over the upper edge of the console whether another session may take over. It does not take the keyboard:
 * a key that is meant for the machine must not answer it.
 */
export class TakeoverBar {
  readonly root: HTMLElement;
  readonly #ring = new Ring("leave");
  readonly #title = createElement("strong", { id: "takeover-title" });
  readonly #sentence = createElement("span");
  readonly #time = createElement("span", { role: "timer", "aria-live": "off" });
  readonly #allow: HTMLButtonElement;
  readonly #decline: HTMLButtonElement;

  constructor(answer: (allow: boolean) => void) {
    this.#allow = button("", () => answer(true), "normal");
    this.#decline = button("", () => answer(false), "primary");
    const text = createElement("p", { id: "takeover-text" }, this.#title, " ", this.#sentence, " ", this.#time);
    const row = createElement(
      "div",
      { class: "warning-row" },
      createElement("div", { class: "symbol" }, this.#ring.root),
      text,
      createElement("div", { class: "actions" }, this.#decline, this.#allow),
    );
    const role = { role: "alertdialog", "aria-labelledby": "takeover-title", "aria-describedby": "takeover-text" };
    this.root = part("section", "takeover", { ...role, hidden: true }, row);
    this.root.classList.add("warning");
  }

  /** @param leftMs - milliseconds until the question lapses */
  show(takeover: TakeoverRequest, messages: Messages, leftMs: number): void {
    const { title, sentence, time } = describeTakeover(takeover, leftMs, messages);
    this.#ring.show(leftMs, TOTAL_MS);
    setText(this.#title, title);
    setText(this.#sentence, sentence);
    setText(this.#time, time);
    setText(this.#allow, messages.actions.allow);
    setText(this.#decline, messages.actions.decline);
  }

  /** What screen readers are told. */
  get announcement(): string {
    return [this.#title, this.#sentence, this.#time].map(({ textContent }) => textContent).join(" – ");
  }
}
