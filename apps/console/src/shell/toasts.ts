import { createElement } from "@curfew/client/ui";
import { icon, type IconName } from "../widgets/icons.ts";

const SHOWN_FOR_MS = 6_000;

/** Short messages at the foot of the page, and alerts for screen readers only. */
export class Toasts {
  readonly root: HTMLElement;
  readonly #visible = createElement("div", { class: "toasts", role: "status", "aria-live": "polite" });
  readonly #alert = createElement("div", { class: "visually-hidden", role: "alert" });

  constructor() {
    this.root = createElement("div", { class: "notices" }, this.#visible, this.#alert);
  }

  /** @returns removes it before its time */
  show(text: string, name: IconName = "circle-check"): () => void {
    const notice = createElement("p", { class: "toast" }, icon(name), createElement("span", {}, text));
    present(this.#visible, notice);
    return () => notice.remove();
  }

  /** Shows that something failed. */
  warn(text: string): void {
    this.show(text, "triangle-alert");
  }

  /** Makes screen readers announce `text` immediately. */
  announce(text: string): void {
    present(this.#alert, createElement("p", {}, text));
  }

  clear(): void {
    this.#visible.replaceChildren();
    this.#alert.replaceChildren();
  }
}

/** Removes the notice after a while: {@link showDialog} would make screen readers repeat it. */
function present(region: HTMLElement, notice: HTMLElement): void {
  region.replaceChildren(notice);
  setTimeout(() => {
    notice.remove();
  }, SHOWN_FOR_MS);
}

/** Adds a dialog to the page and opens it as a modal one, in front of which the notices are shown. */
export function showDialog(dialog: HTMLDialogElement): void {
  dialog.addEventListener("close", moveNoticesInFront);
  document.body.append(dialog);
  dialog.showModal();
  moveNoticesInFront();
}

/** Moves the notices into the topmost dialog, if any: everything outside a modal dialog is inert and not announced. */
function moveNoticesInFront(): void {
  const front = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const notices = document.querySelector(".notices");
  if (notices !== null && notices.parentElement !== front) front.append(notices);
}
