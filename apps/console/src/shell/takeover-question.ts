import type { TakeoverRequest } from "@curfew/client";
import { Countdown, createElement, describeTakeover, setText } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { icon } from "../widgets/icons.ts";

/** What the answers and Escape do. */
export interface TakeoverActions {
  readonly answer: (allow: boolean) => void;
  /** Gives the keyboard back to the console. */
  readonly leave: () => void;
}

/**
 * The question below the top bar whether another session may take over. It is no modal dialog and does not take the
 * keyboard: a key that is meant for the machine must not answer it. The keys that leave the console lead to it.
 */
export class TakeoverQuestion {
  readonly root: HTMLElement;
  readonly #actions: TakeoverActions;
  readonly #countdown = new Countdown();
  readonly #title = createElement("strong", { id: "takeover-title" });
  readonly #sentence = createElement("span", {});
  readonly #time = createElement("span", { role: "timer", "aria-live": "off" });
  readonly #decline: HTMLButtonElement;
  #shown: TakeoverRequest | undefined;

  constructor(actions: TakeoverActions) {
    const { allow, decline } = texts().sdk.actions;
    this.#actions = actions;
    this.#decline = textButton(decline, () => actions.answer(false), { kind: "primary" });
    this.root = createElement(
      "section",
      {
        class: "banner",
        role: "alertdialog",
        "aria-labelledby": "takeover-title",
        "aria-describedby": "takeover-text",
        hidden: true,
      },
      icon("users"),
      createElement(
        "p",
        { class: "banner-text", id: "takeover-text" },
        this.#title,
        " ",
        this.#sentence,
        " ",
        this.#time,
      ),
      createElement(
        "div",
        { class: "banner-actions" },
        this.#decline,
        textButton(allow, () => actions.answer(true)),
      ),
    );
    this.root.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") actions.leave();
    });
  }

  /**
   * Shows the question, or hides it.
   *
   * @returns what screen readers are to be told, when there is a new question.
   */
  show(takeover: TakeoverRequest | undefined): string | undefined {
    const isNew = takeover !== this.#shown;
    this.#shown = takeover;
    if (takeover === undefined) {
      this.#hide();
      return undefined;
    }
    this.root.hidden = false;
    this.#countdown.start(takeover.endsAt, (leftMs) => {
      const { title, sentence, time } = describeTakeover(takeover, leftMs, texts().sdk);
      setText(this.#title, title);
      setText(this.#sentence, sentence);
      setText(this.#time, time);
    });
    const words = [this.#title, this.#sentence, this.#time].map(({ textContent }) => textContent);
    return isNew ? words.join(" – ") : undefined;
  }

  /** Focuses the answer that changes nothing. @returns false when there is no question. */
  focus(): boolean {
    if (!this.root.hidden) this.#decline.focus();
    return !this.root.hidden;
  }

  #hide(): void {
    const hadFocus = this.root.contains(document.activeElement);
    this.#countdown.stop();
    this.root.hidden = true;
    if (hadFocus) this.#actions.leave();
  }
}
