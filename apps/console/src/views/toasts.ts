import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

/** Milliseconds. */
const shownFor = 6_000;

/** What the page says by itself: short confirmations at its foot, and alerts that only screen readers hear. */
export class Toasts {
  readonly root: HTMLElement;
  readonly #shown = element("div", { class: "toasts", role: "status", "aria-live": "polite" });
  readonly #alert = element("div", { class: "visually-hidden", role: "alert" });

  constructor() {
    this.root = element("div", { class: "notices" }, this.#shown, this.#alert);
  }

  show(text: string, name: IconName = "circle-check"): void {
    say(this.#shown, element("p", { class: "toast" }, icon(name), element("span", {}, text)));
  }

  /** Shows what did not work. */
  warn(text: string): void {
    this.show(text, "triangle-alert");
  }

  /** Has screen readers say `text` at once. */
  announce(text: string): void {
    say(this.#alert, element("p", {}, text));
  }

  clear(): void {
    this.#shown.replaceChildren();
    this.#alert.replaceChildren();
  }
}

/** For a while only: what is old would be read out again when it moves, see {@link moveNoticesInFront}. */
function say(region: HTMLElement, notice: HTMLElement): void {
  region.replaceChildren(notice);
  setTimeout(() => {
    notice.remove();
  }, shownFor);
}

/** Takes the notices into the dialog in front, if any: a modal dialog makes all that is not in it inert and silent. */
export function moveNoticesInFront(): void {
  const front = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const notices = document.querySelector(".notices");
  if (notices !== null && notices.parentElement !== front) front.append(notices);
}
