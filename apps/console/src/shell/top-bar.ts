import { format } from "@curfew/client/messages";
import { createElement, setText } from "@curfew/client/ui";
import { duration, texts, type PageTexts } from "../locales/texts.ts";
import { icon, type IconName } from "../widgets/icons.ts";
import type { PageStatus } from "./page-status.ts";
import { TimeRing } from "./time-ring.ts";

type StatusText = keyof PageTexts["status"];

/** The text for each status. Its color follows from `data-state` on the body. The banner says how long the session has. */
const STATUS_TEXTS: Readonly<Record<PageStatus, StatusText>> = {
  refused: "notConnected",
  "no-token": "notConnected",
  connecting: "connecting",
  credentials: "passwordNeeded",
  identity: "toConfirm",
  connected: "connected",
  expiring: "connected",
  renewing: "renewing",
  "renew-failed": "connected",
  reconnecting: "reconnecting",
  ended: "ended",
};

/** How much of the session is left: milliseconds, no limit, or not known. */
export type TimeLeft = number | "unlimited" | "unknown";

/** Below this, the time left is shown as urgent. */
const URGENT_BELOW_MS = 60_000;

/** Below this, the time left counts down in seconds. */
const SECONDS_BELOW_MS = 300_000;

/** The bar above the console: the machine's name, the status, the time left and the toolbar. */
export class TopBar {
  readonly root: HTMLElement;
  readonly #name = createElement("bdi");
  readonly #status = createElement("span", { class: "status-word" });
  readonly #viewOnly = createElement("span", { class: "tag", hidden: true }, icon("eye"), texts().status.viewOnly);
  readonly #time = createElement("div", { class: "time", role: "timer", "aria-live": "off", hidden: true });
  readonly #ring = new TimeRing();
  readonly #timeText = createElement("span", { class: "time-words", "aria-hidden": "true" });
  readonly #timeSpoken = createElement("span", { class: "visually-hidden" });
  readonly #tools = createElement("div", { class: "bar-tools" });
  #statusText: StatusText = "notConnected";
  #unstable = false;

  /** @param typeIcon - the icon of the console's type */
  constructor(typeIcon: IconName, name: string) {
    this.#name.textContent = name;
    this.#time.append(this.#ring.root, this.#timeText, this.#timeSpoken);
    this.root = createElement(
      "header",
      { class: "bar" },
      createElement(
        "div",
        { class: "bar-identity" },
        createElement("span", { class: "bar-type" }, icon(typeIcon)),
        createElement("h1", { class: "bar-name", title: name }, this.#name),
        createElement("p", { class: "status", role: "status" }, createElement("i", { class: "dot" }), this.#status),
        this.#viewOnly,
        isSecureContext ? undefined : insecureTag(),
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
    this.#statusText = STATUS_TEXTS[status];
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
    const unstable = this.#unstable && this.#statusText === "connected";
    setText(this.#status, texts().status[unstable ? "unstable" : this.#statusText]);
    this.#status.title = unstable ? texts().cards.unstableSentence : "";
  }

  /** @param idleTimeoutMs - how long the session may be without input; null for no limit */
  setTime(left: TimeLeft, idleTimeoutMs: number | null = null): void {
    this.#time.hidden = left === "unknown";
    this.#time.toggleAttribute("data-unlimited", left === "unlimited");
    this.#time.toggleAttribute("data-urgent", typeof left === "number" && left < URGENT_BELOW_MS);
    if (left === "unknown") return;
    this.#ring.show(left);
    if (left === "unlimited") {
      setText(this.#timeText, texts().time.noLimit);
      setText(this.#timeSpoken, texts().time.noLimit);
      const { noLimitHint, idleHint } = texts().time;
      this.#time.title =
        idleTimeoutMs === null ? noLimitHint : format(idleHint, { time: duration(idleTimeoutMs, "long") });
      return;
    }
    const { timeLeft } = texts().sdk.session;
    setText(this.#timeText, duration(left, left < SECONDS_BELOW_MS ? "digital" : "short"));
    setText(this.#timeSpoken, format(timeLeft, { time: duration(left, "long") }));
    this.#time.title = texts().time.hint;
  }

  /** Starts the time left of another session with a full ring. */
  restartTime(): void {
    this.#ring.reset();
  }

  setToolbar(toolbar: HTMLElement | undefined): void {
    this.#tools.replaceChildren(...(toolbar === undefined ? [] : [toolbar]));
  }

  /** A disabled toolbar is invisible and keeps its place. */
  setToolbarEnabled(enabled: boolean): void {
    this.#tools.toggleAttribute("inert", !enabled);
  }
}

/** Shown over plain HTTP from another machine, where browsers withhold the clipboard and other features. */
function insecureTag(): HTMLElement {
  const { cards, status } = texts();
  return createElement(
    "span",
    { class: "tag", title: `${cards.insecureSentence} ${cards.insecureAdvice}` },
    icon("lock-open"),
    status.insecure,
  );
}
