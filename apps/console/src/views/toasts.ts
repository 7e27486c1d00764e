import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

/** Milliseconds. */
const shownFor = 6_000;

/** Short confirmations at the foot of the page, read out by screen readers. */
export class Toasts {
  readonly root: HTMLElement = element("div", { class: "toasts", role: "status", "aria-live": "polite" });

  show(text: string, name: IconName = "circle-check"): void {
    const toast = element("p", { class: "toast" }, icon(name), element("span", {}, text));
    this.root.replaceChildren(toast);
    setTimeout(() => {
      toast.remove();
    }, shownFor);
  }

  clear(): void {
    this.root.replaceChildren();
  }
}
