import { fill } from "@curfew/client/messages";
import type { PageStatus } from "../session/page-status.ts";
import { listenForExit } from "../session/keyboard-exit.ts";
import { exitKeys } from "../words/key-names.ts";
import { words } from "../words/words.ts";
import type { ToolContext, Tools } from "../tools/common.ts";
import { ExpiryBanner } from "./banner.ts";
import { element } from "./element.ts";
import { Toasts } from "./toasts.ts";
import { createToolbar, focusToolbar } from "./toolbar.ts";
import { TopBar } from "./top-bar.ts";

/** The page's fixed parts, and what of them changes: status, card, toolbar, the console's place. */
export class Frame {
  readonly bar: TopBar;
  readonly banner: ExpiryBanner;
  readonly toasts: Toasts = new Toasts();
  /** Called at each change of the status. */
  onStatus: (status: PageStatus) => void = () => {};
  readonly #stage = element("main", { class: "stage" });
  readonly #cards = element("div", { class: "cards" });
  /** Rows of tools above and below the picture, such as the search. */
  readonly #trays = {
    top: element("div", { class: "tray tray-top" }),
    bottom: element("div", { class: "tray tray-bottom" }),
  };
  readonly #onTrayGone = { top: (): void => {}, bottom: (): void => {} };
  #host: HTMLElement | null = null;
  #toolbar: HTMLElement | null = null;
  #status: PageStatus | null = null;
  /** Gives the keyboard back to the console. */
  #onLeave = (): void => {};
  /** Name of the card's button that the person went to. */
  #button: string | null = null;

  constructor(type: "vnc" | "serial", name: string, viewOnly: boolean, onRenew: () => void) {
    this.bar = new TopBar(type, name);
    this.banner = new ExpiryBanner(onRenew, () => this.#onLeave());
    this.#stage.append(this.#cards);
    const grip = element("button", { type: "button", class: "grip", "aria-label": words().tools.showBar });
    grip.addEventListener("click", () => {
      const byKey = grip.matches(":focus-visible");
      this.setBarHidden(false);
      if (byKey) this.#focusToolbar();
      else this.#onLeave();
    });
    document.body.replaceChildren(
      this.bar.root,
      grip,
      this.banner.root,
      this.#trays.top,
      this.#stage,
      this.#trays.bottom,
      this.toasts.root,
    );
    document.body.dataset["type"] = type;
    this.setViewOnly(viewOnly);
    listenForExit(() => {
      this.setBarHidden(false);
      this.#focusToolbar();
    });
    // Where the keyboard was before a dialog may be gone by the time it closes. Such an event does not bubble.
    document.addEventListener("close", () => this.#catchFocus(), { capture: true });
  }

  setStatus(status: PageStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    document.body.dataset["state"] = status;
    this.bar.setStatus(status);
    this.onStatus(status);
  }

  /** A quiet hint in the bar that what is typed may arrive late. */
  setUnstable(unstable: boolean): void {
    document.body.toggleAttribute("data-unstable", unstable);
    this.bar.setUnstable(unstable);
  }

  /** Shows `card` in place of the console; null shows the console. */
  showCard(card: HTMLElement | null): void {
    const focused = document.activeElement;
    if (card === null) this.#button = null;
    else if (focused !== null && this.#cards.contains(focused)) {
      this.#button = focused.matches("button") ? focused.textContent : this.#button;
    }
    const lost = hasNoFocus() || this.#stage.contains(focused);
    this.#cards.replaceChildren(...(card === null ? [] : [card]));
    this.#cards.hidden = card === null;
    this.#host?.toggleAttribute("inert", card !== null);
    if (lost && card !== null && mayTakeFocus()) this.#focusCard(card);
  }

  /** On the button of the same name as that on the card before, if the person went to one there. */
  #focusCard(card: HTMLElement): void {
    const buttons = [...card.querySelectorAll("button")];
    const same = buttons.find((button) => button.textContent === this.#button);
    (same ?? card.querySelector<HTMLElement>(".card-title"))?.focus({ preventScroll: true });
  }

  #focusToolbar(): void {
    if (this.#toolbar !== null) focusToolbar(this.#toolbar);
  }

  /** Gives the keyboard to what the page shows if nothing has it. */
  #catchFocus(): void {
    if (!hasNoFocus()) return;
    const card = this.#cards.querySelector<HTMLElement>(".card");
    if (card === null) this.#onLeave();
    else this.#focusCard(card);
  }

  /** A name that was not known before: the machine told it. */
  setName(name: string): void {
    this.bar.setName(name);
    this.#host?.setAttribute("aria-label", consoleOf(name));
  }

  /**
   * A new, empty place for a console. The one before is taken out of the page with its picture.
   *
   * @param name the machine's; empty when it is not known
   */
  createHost(name: string): HTMLElement {
    this.removeHost();
    this.bar.restartTime();
    this.#host = element("div", {
      class: "screen",
      role: "region",
      "aria-label": consoleOf(name),
      "aria-description": fill(words().console.takesKeys, { keys: exitKeys() }),
    });
    this.#stage.prepend(this.#host);
    return this.#host;
  }

  /** Takes the console with its picture and its rows of tools out of the page. */
  removeHost(): void {
    this.#host?.remove();
    this.#host = null;
    for (const place of ["top", "bottom"] as const) this.setTray(place, null);
  }

  /** Shows a console's tools; null hides them, and their rows, until they are shown again. */
  setTools(tools: Tools | null, onLeave: () => void = () => {}): void {
    this.#onLeave = onLeave;
    this.#toolbar = tools === null ? null : createToolbar(words().tools.toolbar, tools.buttons, tools.letters, onLeave);
    if (tools === null) for (const menu of this.bar.root.querySelectorAll<HTMLElement>(".menu")) menu.hidePopover();
    this.bar.setTools(this.#toolbar);
    for (const tray of Object.values(this.#trays)) tray.hidden = tools === null;
  }

  /** What tools may do with the page's fixed parts until `signal` aborts. */
  forTools(
    signal: AbortSignal,
  ): Pick<ToolContext, "toast" | "warn" | "addOverlay" | "setTray" | "hideBar" | "setViewOnly"> {
    return {
      toast: (text) => this.toasts.show(text),
      warn: (text) => this.toasts.warn(text),
      addOverlay: (overlay) => {
        // Inside a landmark; where it is drawn is its own doing.
        this.bar.root.append(overlay);
        signal.addEventListener("abort", () => {
          // Taken away while it is open, it would not know that it is closed.
          overlay.hidePopover();
          overlay.remove();
        });
      },
      setTray: (...row) => this.setTray(...row),
      hideBar: () => this.setBarHidden(true),
      setViewOnly: (viewOnly) => this.setViewOnly(viewOnly),
    };
  }

  /**
   * Puts a row of tools above or below the picture, in place of the one that is there. `onGone` is called once the row
   * has gone, whatever the cause.
   */
  setTray(place: "top" | "bottom", row: HTMLElement | null, onGone: () => void = () => {}): void {
    this.#trays[place].replaceChildren(...(row === null ? [] : [row]));
    this.#onTrayGone[place]();
    this.#onTrayGone[place] = onGone;
  }

  /** Hides the bar while the console is open and nothing is to be told; see bar.css. */
  setBarHidden(hidden: boolean): void {
    document.body.toggleAttribute("data-bar-hidden", hidden);
  }

  /** Names in the bar that the console sends no input, and takes the tools away that would. */
  setViewOnly(viewOnly: boolean): void {
    document.body.toggleAttribute("data-view-only", viewOnly);
    this.bar.setViewOnly(viewOnly);
  }
}

/** In a frame the keyboard may be in the page around this one, whose message `focus` brings it here. */
export function mayTakeFocus(): boolean {
  return window.parent === window || document.hasFocus();
}

function consoleOf(name: string): string {
  return name === "" ? words().console.unnamed : fill(words().console.of, { name });
}

/** Whether the keyboard is nowhere, or on something that cannot be seen any more. */
function hasNoFocus(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || !focused.checkVisibility();
}
