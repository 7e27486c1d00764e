import { fill } from "../messages/fill.ts";
import { timeLeft } from "../messages/time-left.ts";
import type { Messages } from "../messages/types.ts";
import { button, html, part, setText } from "./dom.ts";
import type { ConsolePhase } from "./phase.ts";
import { Ring, icon } from "./pictures.ts";

/** Whether a session that is about to end can be renewed from here; the names are those of the words. */
export type Outlook = "renewable" | "needsNewAccess" | "notRenewable";

/** What the bar's buttons do. */
export interface WarningActions {
  readonly renew: () => void;
  readonly hide: () => void;
}

/** The row above the console that warns of the end. It moves the console and never covers it. */
export class WarningBar {
  readonly root: HTMLElement = part("section", "warning", {});
  readonly #ring = new Ring("clock");
  readonly #done = icon("done");
  readonly #time = html("strong", { role: "timer", "aria-live": "off" });
  readonly #outlook = html("span", {});
  readonly #renew: HTMLButtonElement;
  readonly #hide: HTMLButtonElement;
  #words: Messages | null = null;
  #totalMs = 0;

  constructor(actions: WarningActions) {
    this.#renew = button("", actions.renew, "primary");
    this.#hide = button("", actions.hide, "quiet");
    this.root.append(
      html(
        "slot",
        { name: "warning" },
        html(
          "div",
          { class: "warning-row" },
          html("div", { class: "picture" }),
          part("p", "warning-text", { "data-told": "" }, this.#time, " ", this.#outlook),
          html("div", { class: "actions" }, this.#renew, this.#hide),
        ),
      ),
    );
  }

  /** @param totalMs - the time left at the first warning: a full ring */
  show(phase: ConsolePhase, words: Messages, outlook: Outlook, totalMs: number): void {
    const done = phase === "renewed";
    this.#words = words;
    this.#totalMs = totalMs;
    this.root.dataset["phase"] = phase;
    this.root.dataset["outlook"] = phase === "renew-failed" ? "" : outlook;
    this.root.ariaLabel = words.labels.sessionEnd;
    this.root.querySelector(".picture")?.replaceChildren(done ? this.#done : this.#ring.root);
    this.#renew.hidden = done || outlook !== "renewable";
    // Not `disabled`, which would throw the keyboard focus away.
    this.#renew.ariaDisabled = String(phase === "renewing");
    setText(this.#renew, renewLabel(phase, words));
    setText(this.#hide, words.actions.hide);
    setText(this.#outlook, done ? "" : phase === "renew-failed" ? words.session.renewFailed : words.session[outlook]);
  }

  setTime(leftMs: number | null): void {
    const { session, language } = this.#words ?? {};
    if (!session || language === undefined) return;
    const done = this.root.dataset["phase"] === "renewed";
    const template = done ? session.renewed : session.endsIn;
    const text = leftMs === null ? session.renewedForGood : fill(template, { time: timeLeft(language, leftMs) });
    setText(this.#time, text);
    this.#ring.show(leftMs ?? 0, this.#totalMs);
  }
}

function renewLabel(phase: ConsolePhase, words: Messages): string {
  if (phase === "renewing") return words.session.renewing;
  return phase === "renew-failed" ? words.actions.tryAgain : words.actions.renew;
}
