import { shortTimeLeft } from "../words/duration.ts";
import { textButton } from "./buttons.ts";
import { element, setText } from "./element.ts";
import { icon } from "./icons.ts";

export type BannerMode = "expiring" | "renewing" | "renew-failed";

/** Why a session that is about to end can or cannot be renewed from this page. */
export type Renewing = "possible" | "needs-new-link" | "not-renewable";

const outlook: Readonly<Record<Renewing, string>> = {
  possible: "Renew it to keep working without interruption. Otherwise it closes; the machine keeps running.",
  "needs-new-link": "To go on after that, open the console again with a new link. The machine keeps running.",
  "not-renewable": "It cannot be made longer. After that, a new link is needed; the machine keeps running.",
};

/** The row between top bar and console that warns of the end. It moves the picture, never covers it. */
export class ExpiryBanner {
  readonly root: HTMLElement;
  readonly #countdown = element("strong", { role: "timer", "aria-live": "off" });
  readonly #outlook = element("span", { class: "banner-outlook" });
  readonly #renew: HTMLButtonElement;
  readonly #renewLabel: HTMLElement;
  #hiddenByHand = false;

  constructor(onRenew: () => void) {
    this.#renew = textButton("Renew", onRenew, { kind: "primary" });
    this.#renewLabel = this.#renew.querySelector("span") ?? this.#renew;
    const hide = textButton(
      "Hide",
      () => {
        this.#hiddenByHand = true;
        this.hide();
      },
      { kind: "quiet" },
    );
    this.root = element(
      "section",
      { class: "banner", "aria-label": "Session end", hidden: true },
      icon("clock-alert"),
      element("p", { class: "banner-text" }, this.#countdown, " ", this.#outlook),
      element("div", { class: "banner-actions" }, this.#renew, hide),
    );
  }

  /** A new warning shows the banner again after it was hidden by hand. */
  warn(): void {
    this.#hiddenByHand = false;
  }

  show(mode: BannerMode, renewing: Renewing, failure: string | null): void {
    if (mode !== "expiring") this.#hiddenByHand = false;
    this.root.hidden = this.#hiddenByHand;
    this.root.dataset["mode"] = mode;
    this.#renew.hidden = renewing !== "possible";
    // Not `disabled`, which would throw the keyboard focus away.
    this.#renew.setAttribute("aria-disabled", String(mode === "renewing"));
    setText(this.#renewLabel, mode === "renewing" ? "Renewing…" : mode === "renew-failed" ? "Try again" : "Renew");
    setText(this.#outlook, mode === "renew-failed" ? `Renewing failed. ${failure ?? ""}`.trim() : outlook[renewing]);
  }

  setTime(left: number): void {
    setText(this.#countdown, `This session ends in ${shortTimeLeft(left)}.`);
  }

  hide(): void {
    this.root.hidden = true;
  }
}
