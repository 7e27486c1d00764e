import type { PageStatus } from "../session/page-status.ts";
import { shortTimeLeft, spokenTimeLeft } from "../words/duration.ts";
import { element, setText } from "./element.ts";
import { icon } from "./icons.ts";

/** The status as a word; its colour follows from `data-state` on the body. */
const statusWords: Readonly<Record<PageStatus, string>> = {
  refused: "Not connected",
  "no-token": "Not connected",
  connecting: "Connecting",
  credentials: "Password needed",
  connected: "Connected",
  expiring: "Ending soon",
  renewing: "Renewing",
  "renew-failed": "Ending soon",
  reconnecting: "Reconnecting",
  ended: "Ended",
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
  readonly #time = element("div", { class: "time", role: "timer", "aria-live": "off", hidden: true });
  readonly #timeText = element("span", { "aria-hidden": "true" });
  readonly #timeSpoken = element("span", { class: "visually-hidden" });
  readonly #tools = element("div", { class: "bar-tools" });

  constructor(type: "vnc" | "serial", name: string, viewOnly: boolean) {
    this.#name.textContent = name;
    this.#time.append(icon("clock"), this.#timeText, this.#timeSpoken);
    this.root = element(
      "header",
      { class: "bar" },
      element(
        "div",
        { class: "bar-identity" },
        element("span", { class: "bar-type" }, icon(type === "vnc" ? "monitor" : "square-terminal")),
        element("h1", { class: "bar-name", title: name }, this.#name),
        element("p", { class: "status", role: "status" }, element("i", { class: "dot" }), this.#status),
        viewOnly ? element("span", { class: "tag" }, icon("eye"), "View only") : null,
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
    setText(this.#status, statusWords[status]);
  }

  setTime(left: TimeLeft): void {
    this.#time.hidden = left === "unknown";
    this.#time.toggleAttribute("data-unlimited", left === "unlimited");
    this.#time.toggleAttribute("data-urgent", typeof left === "number" && left < urgentBelow);
    if (left === "unknown") return;
    if (left === "unlimited") {
      setText(this.#timeText, "No time limit");
      setText(this.#timeSpoken, "No time limit");
      this.#time.title = "Nothing will cut this session.";
      return;
    }
    setText(this.#timeText, `${shortTimeLeft(left)} left`);
    setText(this.#timeSpoken, `${spokenTimeLeft(left)} left`);
    this.#time.title = "The session ends by itself when this time is over.";
  }

  setTools(tools: HTMLElement | null): void {
    this.#tools.replaceChildren(...(tools === null ? [] : [tools]));
  }
}
