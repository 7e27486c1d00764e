import { format } from "@curfew/client/messages";
import { duration, texts } from "../locales/texts.ts";
import { textButton } from "../widgets/buttons.ts";
import { element, setText } from "../widgets/element.ts";
import { icon } from "../widgets/icons.ts";

export type BannerMode = "expiring" | "renewing" | "renew-failed";

/** Whether this page can renew a session that is about to end, and why not. */
export type Renewability = "possible" | "needs-new-link" | "not-renewable";

function outlook(renewability: Renewability): string {
  const { session } = texts().sdk;
  if (renewability === "possible") return session.renewable;
  return renewability === "needs-new-link" ? session.needsNewAccess : session.notRenewable;
}

/** The row between top bar and console that warns of the session's end. It moves the console and never covers it. */
export class ExpiryBanner {
  readonly root: HTMLElement;
  readonly #countdown = element("strong", { role: "timer", "aria-live": "off" });
  readonly #outlook = element("span", { class: "banner-outlook" });
  readonly #renew: HTMLButtonElement;
  readonly #renewLabel: HTMLElement;
  #dismissed = false;

  /** @param onDismiss - called when the user hides the banner, and with it the button that has the focus */
  constructor(onRenew: () => void, onDismiss: () => void) {
    this.#renew = textButton(texts().sdk.actions.renew, onRenew, { kind: "primary" });
    this.#renewLabel = this.#renew.querySelector("span") ?? this.#renew;
    const dismiss = (): void => {
      this.#dismissed = true;
      this.hide();
      onDismiss();
    };
    this.root = element(
      "section",
      { class: "banner", "aria-label": texts().sdk.labels.sessionEnd, hidden: true },
      icon("clock-alert"),
      element("p", { class: "banner-text" }, this.#countdown, " ", this.#outlook),
      element(
        "div",
        { class: "banner-actions" },
        this.#renew,
        textButton(texts().sdk.actions.hide, dismiss, { kind: "quiet" }),
      ),
    );
  }

  /** Shows the banner again for a new warning after the user has hidden it. */
  warn(): void {
    this.#dismissed = false;
  }

  /** @param failure - why renewing failed */
  show(mode: BannerMode, renewability: Renewability, failure: string): void {
    if (mode !== "expiring") this.#dismissed = false;
    this.root.hidden = this.#dismissed;
    this.root.dataset["mode"] = mode;
    this.#renew.hidden = renewability !== "possible";
    // Not `disabled`, which would lose the keyboard focus.
    this.#renew.setAttribute("aria-disabled", String(mode === "renewing"));
    const { session, actions } = texts().sdk;
    const labels = { renewing: session.renewing, "renew-failed": actions.tryAgain, expiring: actions.renew };
    setText(this.#renewLabel, labels[mode]);
    setText(
      this.#outlook,
      mode === "renew-failed" ? `${session.renewFailed} ${failure}`.trim() : outlook(renewability),
    );
  }

  /** @param leftMs - milliseconds until the session ends */
  setTime(leftMs: number): void {
    setText(this.#countdown, format(texts().sdk.session.endsIn, { time: duration(leftMs, "long") }));
  }

  hide(): void {
    this.root.hidden = true;
  }
}
