import { createElement, setText, type WarningDescription, type WarningPhase } from "@curfew/client/ui";
import { texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { icon } from "../widgets/icons.ts";

/** The row below the top bar that warns of the session's end. It lies over the console and leaves its size alone. */
export class ExpiryBanner {
  readonly root: HTMLElement;
  readonly #countdown = createElement("strong", { "aria-hidden": "true" });
  /** The countdown in words, for screen readers. */
  readonly #spoken = createElement("span", { class: "visually-hidden", role: "timer", "aria-live": "off" });
  readonly #outlook = createElement("span", { class: "banner-outlook" });
  readonly #renew: HTMLButtonElement;
  readonly #renewLabel: HTMLElement;

  constructor(onRenew: () => void, onHide: () => void) {
    const { actions, labels } = texts().sdk;
    this.#renew = textButton(actions.renew, onRenew, { kind: "primary" });
    this.#renewLabel = this.#renew.querySelector("span") ?? this.#renew;
    this.root = createElement(
      "section",
      { class: "banner", "aria-label": labels.sessionEnd, hidden: true },
      icon("clock-alert"),
      createElement("p", { class: "banner-text" }, this.#countdown, this.#spoken, " ", this.#outlook),
      createElement(
        "div",
        { class: "banner-actions" },
        this.#renew,
        textButton(actions.hide, onHide, { kind: "quiet" }),
      ),
    );
  }

  /** @param failure - why renewing failed; empty where it did not fail, or nothing is known */
  show(phase: WarningPhase, { countdown, time, sentence, action, busy }: WarningDescription, failure: string): void {
    this.root.hidden = false;
    this.root.dataset["mode"] = phase;
    this.#renew.hidden = action === undefined;
    // Not `disabled`, which would lose the keyboard focus.
    this.#renew.setAttribute("aria-disabled", String(busy));
    if (action !== undefined) setText(this.#renewLabel, action);
    setText(this.#countdown, countdown);
    setText(this.#spoken, time);
    setText(this.#outlook, `${sentence} ${failure}`.trim());
  }

  hide(): void {
    this.root.hidden = true;
  }
}
