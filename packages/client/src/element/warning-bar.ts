import type { Messages } from "../locales/types.ts";
import { createElement, setText } from "../ui/dom.ts";
import type { ExpiryWarning, WarningPhase } from "../ui/expiry-warning.ts";
import { describeWarning } from "../ui/warning-description.ts";
import { button, part } from "./dom.ts";
import { Ring, icon } from "./icons.ts";

/** What the buttons of the bar do. */
export interface WarningActions {
  readonly renew: () => void;
  readonly hide: () => void;
}

/** The row over the upper edge of the console that warns of the end. It leaves the console's size alone. */
export class WarningBar {
  readonly root: HTMLElement = part("section", "warning", {});
  readonly #ring = new Ring("clock");
  readonly #done = icon("done");
  readonly #countdown = createElement("strong", { "aria-hidden": "true" });
  /** The countdown in words, for screen readers. */
  readonly #time = createElement("span", { role: "timer", "aria-live": "off", class: "spoken" });
  readonly #sentence = createElement("span");
  /** Why the renewal failed: in English, or in the words of the page's callback. */
  readonly #detail = createElement("span", { class: "failure" });
  readonly #renew: HTMLButtonElement;
  readonly #hide: HTMLButtonElement;

  constructor(actions: WarningActions) {
    this.#renew = button("", actions.renew, "primary");
    this.#hide = button("", actions.hide, "quiet");
    const announced = createElement(
      "span",
      { "data-announced": "" },
      this.#time,
      " ",
      this.#sentence,
      " ",
      this.#detail,
    );
    const text = part("p", "warning-text", {}, this.#countdown, " ", announced);
    const buttons = createElement("div", { class: "actions" }, this.#renew, this.#hide);
    const symbol = createElement("div", { class: "symbol" }, this.#ring.root, this.#done);
    const row = createElement("div", { class: "warning-row" }, symbol, text, buttons);
    this.root.append(createElement("slot", { name: "warning" }, row));
  }

  /** @param leftMs - milliseconds until the end; null for a session without one */
  show(phase: WarningPhase, warning: ExpiryWarning, messages: Messages, leftMs: number | null): void {
    const { renewability, totalMs, failure } = warning;
    const { countdown, time, sentence, action, busy } = describeWarning(phase, renewability, leftMs, messages);
    this.root.dataset["phase"] = phase;
    this.root.dataset["renewability"] = phase === "renew-failed" ? "" : renewability;
    this.root.ariaLabel = messages.labels.sessionEnd;
    this.#ring.root.toggleAttribute("hidden", phase === "renewed");
    this.#done.toggleAttribute("hidden", phase !== "renewed");
    this.#ring.show(leftMs ?? 0, totalMs);
    this.#renew.hidden = !action;
    // Not `disabled`, which would remove the keyboard focus.
    this.#renew.ariaDisabled = String(busy);
    setText(this.#renew, action ?? "");
    setText(this.#hide, messages.actions.hide);
    setText(this.#countdown, countdown);
    setText(this.#time, time);
    setText(this.#sentence, sentence);
    setText(this.#detail, phase === "renew-failed" && failure ? `(${failure.message})` : "");
  }
}
