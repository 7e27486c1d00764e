import type { Messages } from "../locales/types.ts";
import { createElement, setText } from "../ui/dom.ts";
import type { WarningPhase } from "../ui/expiry-warning.ts";
import { type Renewability, type WarningDescription, describeWarning } from "../ui/warning-description.ts";
import { button, part } from "./dom.ts";
import { Ring, icon } from "./icons.ts";

/** What the buttons of the bar do. */
export interface WarningActions {
  readonly renew: () => void;
  readonly hide: () => void;
}

/** The row above the console that warns of the end. It moves the console and never covers it. */
export class WarningBar {
  readonly root: HTMLElement = part("section", "warning", {});
  readonly #ring = new Ring("clock");
  readonly #done = icon("done");
  readonly #symbol = createElement("div", { class: "symbol" });
  readonly #time = createElement("strong", { role: "timer", "aria-live": "off" });
  readonly #sentence = createElement("span");
  readonly #renew: HTMLButtonElement;
  readonly #hide: HTMLButtonElement;
  #description: WarningDescription | undefined;
  #totalMs = 0;

  constructor(actions: WarningActions) {
    this.#renew = button("", actions.renew, "primary");
    this.#hide = button("", actions.hide, "quiet");
    const text = part("p", "warning-text", { "data-announced": "" }, this.#time, " ", this.#sentence);
    const buttons = createElement("div", { class: "actions" }, this.#renew, this.#hide);
    const row = createElement("div", { class: "warning-row" }, this.#symbol, text, buttons);
    this.root.append(createElement("slot", { name: "warning" }, row));
  }

  /** @param totalMs - the time left at the first warning, in milliseconds: a full ring */
  show(phase: WarningPhase, renewability: Renewability, messages: Messages, totalMs: number): void {
    const description = describeWarning(phase, renewability, messages);
    const { sentence, renew } = description;
    this.#description = description;
    this.#totalMs = totalMs;
    this.root.dataset["phase"] = phase;
    this.root.dataset["renewability"] = phase === "renew-failed" ? "" : renewability;
    this.root.ariaLabel = messages.labels.sessionEnd;
    this.#symbol.replaceChildren(phase === "renewed" ? this.#done : this.#ring.root);
    this.#renew.hidden = !renew;
    // Not `disabled`, which would remove the keyboard focus.
    this.#renew.ariaDisabled = String(renew?.disabled ?? false);
    setText(this.#renew, renew?.label ?? "");
    setText(this.#hide, messages.actions.hide);
    setText(this.#sentence, sentence);
  }

  /** @param leftMs - milliseconds until the end; null for a session without one */
  setTime(leftMs: number | null): void {
    setText(this.#time, this.#description?.time(leftMs) ?? "");
    this.#ring.show(leftMs ?? 0, this.#totalMs);
  }
}
