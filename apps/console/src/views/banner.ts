import { fill } from "@curfew/client/messages";
import { duration, words } from "../words/words.ts";
import { textButton } from "./buttons.ts";
import { element, setText } from "./element.ts";
import { icon } from "./icons.ts";

export type BannerMode = "expiring" | "renewing" | "renew-failed";

/** Why a session that is about to end can or cannot be renewed from this page. */
export type Renewing = "possible" | "needs-new-link" | "not-renewable";

function outlook(renewing: Renewing): string {
  const { session } = words().sdk;
  if (renewing === "possible") return session.renewable;
  return renewing === "needs-new-link" ? session.needsNewAccess : session.notRenewable;
}

/** The row between top bar and console that warns of the end. It moves the picture, never covers it. */
export class ExpiryBanner {
  readonly root: HTMLElement;
  readonly #countdown = element("strong", { role: "timer", "aria-live": "off" });
  readonly #outlook = element("span", { class: "banner-outlook" });
  readonly #renew: HTMLButtonElement;
  readonly #renewLabel: HTMLElement;
  #hiddenByHand = false;

  /** @param onHide called when the person hides it, with the keyboard on the button that goes */
  constructor(onRenew: () => void, onHide: () => void) {
    this.#renew = textButton(words().sdk.actions.renew, onRenew, { kind: "primary" });
    this.#renewLabel = this.#renew.querySelector("span") ?? this.#renew;
    const hide = textButton(
      words().sdk.actions.hide,
      () => {
        this.#hiddenByHand = true;
        this.hide();
        onHide();
      },
      { kind: "quiet" },
    );
    this.root = element(
      "section",
      { class: "banner", "aria-label": words().sdk.labels.sessionEnd, hidden: true },
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
    const { session, actions } = words().sdk;
    const labels = { renewing: session.renewing, "renew-failed": actions.tryAgain, expiring: actions.renew };
    setText(this.#renewLabel, labels[mode]);
    setText(
      this.#outlook,
      mode === "renew-failed" ? `${session.renewFailed} ${failure ?? ""}`.trim() : outlook(renewing),
    );
  }

  setTime(left: number): void {
    setText(this.#countdown, fill(words().sdk.session.endsIn, { time: duration(left, "long") }));
  }

  hide(): void {
    this.root.hidden = true;
  }
}
