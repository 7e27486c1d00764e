import type { PageStatus } from "../session/page-status.ts";
import { fill } from "@curfew/client/messages";
import { duration, words, type PageWords } from "../words/words.ts";
import { element, setText } from "./element.ts";
import { icon } from "./icons.ts";
import { TimeRing } from "./time-ring.ts";

/** The status as a word; its colour follows from `data-state` on the body. */
const statusWords: Readonly<Record<PageStatus, keyof PageWords["status"]>> = {
  refused: "notConnected",
  "no-token": "notConnected",
  connecting: "connecting",
  credentials: "passwordNeeded",
  identity: "toConfirm",
  connected: "connected",
  expiring: "endingSoon",
  renewing: "renewing",
  "renew-failed": "endingSoon",
  reconnecting: "reconnecting",
  ended: "ended",
};

/** How much of the session is left: milliseconds, without limit, or not known. */
export type TimeLeft = number | "unlimited" | "unknown";

/** Below this many milliseconds the time left is shown as urgent. */
const urgentBelow = 60_000;

/** The slim bar above the console: what machine, in which state, for how long, and what can be done. */
export class TopBar {
  readonly root: HTMLElement;
  readonly #name = element("bdi");
  readonly #status = element("span", { class: "status-word" });
  readonly #viewOnly = element("span", { class: "tag", hidden: true }, icon("eye"), words().status.viewOnly);
  readonly #time = element("div", { class: "time", role: "timer", "aria-live": "off", hidden: true });
  readonly #ring = new TimeRing();
  readonly #timeText = element("span", { class: "time-words", "aria-hidden": "true" });
  readonly #timeSpoken = element("span", { class: "visually-hidden" });
  readonly #tools = element("div", { class: "bar-tools" });
  #word: keyof PageWords["status"] = "notConnected";
  #unstable = false;

  constructor(type: "vnc" | "serial", name: string) {
    this.#name.textContent = name;
    this.#time.append(this.#ring.root, this.#timeText, this.#timeSpoken);
    this.root = element(
      "header",
      { class: "bar" },
      element(
        "div",
        { class: "bar-identity" },
        element("span", { class: "bar-type" }, icon(type === "vnc" ? "monitor" : "square-terminal")),
        element("h1", { class: "bar-name", title: name }, this.#name),
        element("p", { class: "status", role: "status" }, element("i", { class: "dot" }), this.#status),
        this.#viewOnly,
        isSecureContext ? null : insecureTag(),
      ),
      this.#time,
      this.#tools,
    );
  }

  setName(name: string): void {
    setText(this.#name, name);
    this.#name.parentElement?.setAttribute("title", name);
  }

  setStatus(status: PageStatus): void {
    this.#word = statusWords[status];
    this.#showStatus();
  }

  setViewOnly(viewOnly: boolean): void {
    this.#viewOnly.hidden = !viewOnly;
  }

  setUnstable(unstable: boolean): void {
    this.#unstable = unstable;
    this.#showStatus();
  }

  #showStatus(): void {
    const unstable = this.#unstable && this.#word === "connected";
    setText(this.#status, words().status[unstable ? "unstable" : this.#word]);
    this.#status.title = unstable ? words().cards.unstableSentence : "";
  }

  setTime(left: TimeLeft): void {
    this.#time.hidden = left === "unknown";
    this.#time.toggleAttribute("data-unlimited", left === "unlimited");
    this.#time.toggleAttribute("data-urgent", typeof left === "number" && left < urgentBelow);
    if (left === "unknown") return;
    this.#ring.show(left === "unlimited" ? null : left);
    if (left === "unlimited") {
      setText(this.#timeText, words().time.noLimit);
      setText(this.#timeSpoken, words().time.noLimit);
      this.#time.title = words().time.noLimitHint;
      return;
    }
    const { timeLeft } = words().sdk.session;
    setText(this.#timeText, fill(timeLeft, { time: duration(left) }));
    setText(this.#timeSpoken, fill(timeLeft, { time: duration(left, "long") }));
    this.#time.title = words().time.hint;
  }

  /** Another session begins: its time left is a full ring, however short it is. */
  restartTime(): void {
    this.#ring.reset();
  }

  setTools(tools: HTMLElement | null): void {
    this.#tools.replaceChildren(...(tools === null ? [] : [tools]));
  }
}

/** Over plain HTTP from another machine the browser withholds the clipboard, and more. */
function insecureTag(): HTMLElement {
  const { cards, status } = words();
  return element(
    "span",
    { class: "tag", title: `${cards.insecureSentence} ${cards.insecureAdvice}` },
    icon("lock-open"),
    status.insecure,
  );
}
