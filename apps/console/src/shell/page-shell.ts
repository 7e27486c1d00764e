import type { ConsoleType } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { focusToolbar } from "@curfew/client/toolbar";
import { createElement, listenForLeaveKeys, refuseDrops } from "@curfew/client/ui";
import { leaveKeys } from "../locales/key-names.ts";
import { texts } from "../locales/texts.ts";
import type { IconName } from "../widgets/icons.ts";
import { ExpiryBanner } from "./expiry-banner.ts";
import type { PageStatus } from "./page-status.ts";
import { TakeoverQuestion } from "./takeover-question.ts";
import { followCover, type StageCover } from "./stage-cover.ts";
import { Toasts } from "./toasts.ts";
import { TopBar } from "./top-bar.ts";

/**
 * The rows of tools over the console, such as the search. The row at the bottom moves the console up, except on touch
 * screens, where it is shown from the start and has a place of its own.
 */
export type TrayPlace = "top" | "bottom";

export interface PageShellOptions {
  readonly type: ConsoleType;
  /** The icon of the console's type. */
  readonly icon: IconName;
  readonly name: string;
  readonly viewOnly: boolean;
  /** The user renews the session from the banner. */
  readonly onRenew: () => void;
  /** The user hides the banner. */
  readonly onHideBanner: () => void;
  /** The user answers whether another session may take over. */
  readonly onTakeoverAnswer: (allow: boolean) => void;
  readonly onStatus: (status: PageStatus) => void;
}

/**
 * The fixed parts of the page: top bar, banner, toasts, trays, and the stage for the console and its cards. What comes and
 * goes lies over the stage: if the stage changed its size, the machine would be asked for another resolution, and a terminal
 * would cut its lines.
 */
export class PageShell {
  readonly bar: TopBar;
  readonly banner: ExpiryBanner;
  readonly takeover: TakeoverQuestion;
  readonly toasts: Toasts = new Toasts();
  readonly #onStatus: (status: PageStatus) => void;
  readonly #stage = createElement("main", { class: "stage" });
  readonly #cards = createElement("div", { class: "cards" });
  readonly #trays: Readonly<Record<TrayPlace, HTMLElement>> = {
    top: createElement("div", { class: "tray tray-top" }),
    bottom: createElement("div", { class: "tray tray-bottom" }),
  };
  readonly #onTrayGone: Record<TrayPlace, () => void> = { top: () => {}, bottom: () => {} };
  #host: HTMLElement | undefined;
  #toolbar: HTMLElement | undefined;
  #status: PageStatus | undefined;
  /** Gives the keyboard back to the console. */
  #onLeaveToolbar = (): void => {};
  /** Label of the card button that last had the focus. */
  #focusedLabel: string | undefined;

  constructor(options: PageShellOptions) {
    const { type, icon, name, viewOnly, onRenew, onHideBanner, onTakeoverAnswer, onStatus } = options;
    this.bar = new TopBar(icon, name);
    this.banner = new ExpiryBanner(onRenew, () => {
      onHideBanner();
      // The button that had the focus is hidden now.
      this.#onLeaveToolbar();
    });
    this.takeover = new TakeoverQuestion({ answer: onTakeoverAnswer, leave: () => this.#onLeaveToolbar() });
    this.#onStatus = onStatus;
    this.#stage.append(this.#cards);
    document.body.replaceChildren(
      this.bar.root,
      this.#createGrip(),
      createElement("div", { class: "over-stage" }, this.takeover.root, this.banner.root, this.#trays.top),
      this.#stage,
      this.#trays.bottom,
      this.toasts.root,
    );
    document.body.dataset["type"] = type;
    this.setViewOnly(viewOnly);
    listenForLeaveKeys(window, () => {
      if (this.takeover.focus()) return;
      this.setBarHidden(false);
      this.#focusToolbar();
    });
    refuseDrops(window, () => this.warnOfDrop());
    // The element that had the focus before a dialog may be gone by the time the dialog closes. `close` does not bubble.
    document.addEventListener("close", () => this.#restoreFocus(), { capture: true });
  }

  /** The small handle that brings a hidden bar back. */
  #createGrip(): HTMLElement {
    const grip = createElement("button", { type: "button", class: "grip", "aria-label": texts().actions.showBar });
    grip.addEventListener("click", () => {
      const byKey = grip.matches(":focus-visible");
      this.setBarHidden(false);
      if (byKey) this.#focusToolbar();
      else this.#onLeaveToolbar();
    });
    return grip;
  }

  /** The user drags a file or a link onto the page, which would be opened in its place. */
  warnOfDrop(): void {
    this.toasts.warn(texts().sdk.notices.dropRefused);
  }

  setStatus(status: PageStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    document.body.dataset["state"] = status;
    this.bar.setStatus(status);
    this.#onStatus(status);
  }

  /** Shows in the bar that input may arrive late. */
  setUnstable(unstable: boolean): void {
    document.body.toggleAttribute("data-unstable", unstable);
    this.bar.setUnstable(unstable);
  }

  /** Shows `card` in place of the console. */
  showCard(card: HTMLElement): void {
    const focused = document.activeElement;
    if (focused !== null && this.#cards.contains(focused) && focused.matches("button")) {
      this.#focusedLabel = focused.textContent;
    }
    const takesFocus = hasNoFocus() || this.#stage.contains(focused);
    this.#setCard(card);
    if (takesFocus && mayTakeFocus()) this.#focusCard(card);
  }

  /** Shows the console in place of the card. */
  showConsole(): void {
    this.#focusedLabel = undefined;
    this.#setCard(undefined);
  }

  #setCard(card: HTMLElement | undefined): void {
    // The picture is dimmed first: many interruptions are over before anyone could read the card. See card.css.
    if (card === undefined) document.body.removeAttribute("data-interrupted");
    else if (this.#cards.hidden) document.body.setAttribute("data-interrupted", "");
    this.#cards.replaceChildren(...(card === undefined ? [] : [card]));
    this.#cards.hidden = card === undefined;
    this.#host?.toggleAttribute("inert", card !== undefined);
  }

  /** Focuses the button with the label that had the focus on the previous card, else the title. */
  #focusCard(card: HTMLElement): void {
    const buttons = [...card.querySelectorAll("button")];
    const same = buttons.find((button) => button.textContent === this.#focusedLabel);
    (same ?? card.querySelector<HTMLElement>(".card-title"))?.focus({ preventScroll: true });
  }

  #focusToolbar(): void {
    if (this.#toolbar !== undefined) focusToolbar(this.#toolbar);
  }

  /** Focuses the card or the console if nothing visible has the focus. */
  #restoreFocus(): void {
    if (!hasNoFocus()) return;
    const card = this.#cards.querySelector<HTMLElement>(".card");
    if (card === null) this.#onLeaveToolbar();
    else this.#focusCard(card);
  }

  setName(name: string): void {
    this.bar.setName(name);
    this.#host?.setAttribute("aria-label", consoleLabel(name));
  }

  /**
   * Creates a new, empty host for a console and removes the previous one, with its picture.
   *
   * @param name - the machine's name; empty when it is not known
   */
  createHost(name: string): HTMLElement {
    this.removeHost();
    this.bar.restartTime();
    this.#host = createElement("div", {
      class: "screen",
      role: "region",
      "aria-label": consoleLabel(name),
      "aria-description": format(texts().console.takesKeys, { keys: leaveKeys() }),
    });
    this.#stage.prepend(this.#host);
    return this.#host;
  }

  /** Removes the console, its picture, its toolbar and its trays from the page. */
  removeHost(): void {
    this.#host?.remove();
    this.#host = undefined;
    this.hideToolbar();
    this.bar.setToolbar(undefined);
    for (const place of ["top", "bottom"] as const) this.setTray(place, undefined);
  }

  /** Reports how much of the console the rows over it cover, where they do not move it; see base.css. */
  followCover(listener: (cover: StageCover) => void, signal: AbortSignal): void {
    if (this.#host === undefined) return;
    const parts = { stage: this.#stage, host: this.#host };
    const top = [this.takeover.root, this.banner.root, this.#trays.top];
    followCover({ ...parts, top, bottom: [this.#trays.bottom] }, listener, signal);
  }

  /** @param onLeave - gives the keyboard back to the console */
  showToolbar(toolbar: HTMLElement, onLeave: () => void): void {
    this.bar.setToolbar(toolbar);
    this.#enableToolbar(toolbar, onLeave);
  }

  /** Hides the toolbar, its menus and the trays until a toolbar is shown again. The toolbar keeps its place. */
  hideToolbar(): void {
    for (const menu of this.bar.root.querySelectorAll<HTMLElement>(".menu")) menu.hidePopover();
    this.#enableToolbar(undefined, () => {});
  }

  #enableToolbar(toolbar: HTMLElement | undefined, onLeave: () => void): void {
    this.#onLeaveToolbar = onLeave;
    this.#toolbar = toolbar;
    this.bar.setToolbarEnabled(toolbar !== undefined);
    for (const tray of Object.values(this.#trays)) tray.hidden = toolbar === undefined;
  }

  /** Adds a menu to the bar, so that it is inside a landmark, until `signal` aborts. */
  addMenu(menu: HTMLElement, signal: AbortSignal): void {
    this.bar.root.append(menu);
    signal.addEventListener("abort", () => {
      // A menu that is removed while it is open gets no `toggle` event.
      menu.hidePopover();
      menu.remove();
    });
  }

  /**
   * Replaces the row in a tray.
   *
   * @param onGone - called once `row` is no longer in the tray, for any reason
   */
  setTray(place: TrayPlace, row: HTMLElement | undefined, onGone: () => void = () => {}): void {
    this.#trays[place].replaceChildren(...(row === undefined ? [] : [row]));
    this.#onTrayGone[place]();
    this.#onTrayGone[place] = onGone;
    if (place === "bottom") document.body.toggleAttribute("data-keys", row !== undefined);
  }

  /** Hides the bar while the console is open and there is nothing to report; see bar.css. */
  setBarHidden(hidden: boolean): void {
    document.body.toggleAttribute("data-bar-hidden", hidden);
  }

  /** Marks the console as view only and hides the tools that send input. */
  setViewOnly(viewOnly: boolean): void {
    document.body.toggleAttribute("data-view-only", viewOnly);
    this.bar.setViewOnly(viewOnly);
  }
}

/** False while the page is embedded and the surrounding page has the keyboard; its `focus` message hands it over. */
export function mayTakeFocus(): boolean {
  return window.parent === window || document.hasFocus();
}

function consoleLabel(name: string): string {
  return name === "" ? texts().console.unnamed : format(texts().console.of, { name });
}

/** Whether nothing has the focus, or an element that is no longer visible. */
function hasNoFocus(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || !focused.checkVisibility();
}
