import { fill } from "../messages/fill.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleState } from "../state.ts";
import { Countdown } from "./countdown.ts";
import { html, part, setText } from "./dom.ts";
import { FocusWatch } from "./focus-watch.ts";
import { leaveKeys, listenForLeaving } from "./leave-keys.ts";
import { type PanelActions, panelFor } from "./panel.ts";
import type { ConsolePhase } from "./phase.ts";
import { styleSheet } from "./styles.ts";
import { type Outlook, WarningBar } from "./warning-bar.ts";

/** What a frame shows. */
export interface FrameContent {
  readonly state: ConsoleState;
  readonly phase: ConsolePhase;
  readonly outlook: Outlook;
  /** The time left at the first warning, in milliseconds. */
  readonly warnedMs: number;
  /** Whether opening again gets a new token. */
  readonly canAuthorize: boolean;
  readonly words: Messages;
}

/** What a frame's buttons and keys do. */
export interface FrameActions extends PanelActions {
  readonly renew: () => void;
  readonly focusConsole: () => void;
}

/** All that an element has in its shadow root: the warning, the console, and what is drawn over it. */
export class Frame {
  /** Where the console goes. */
  readonly screen: HTMLElement = part("div", "screen", { role: "group", tabindex: "-1" });
  readonly #root: ShadowRoot;
  readonly #kind: "vnc" | "serial";
  readonly #actions: FrameActions;
  readonly #frame: HTMLElement;
  readonly #warning: WarningBar;
  readonly #end = html("slot", { name: "end" });
  readonly #overlaySlot = html("slot", { name: "overlay" });
  readonly #overlay = part("div", "overlay", {}, this.#overlaySlot);
  readonly #announcer = html("p", { class: "announcer", role: "status" });
  readonly #countdown = new Countdown();
  readonly #focus: FocusWatch;
  #shown: FrameContent | null = null;
  #hiddenByHand = false;

  constructor(root: ShadowRoot, kind: "vnc" | "serial", actions: FrameActions) {
    this.#root = root;
    this.#kind = kind;
    this.#actions = actions;
    this.#warning = new WarningBar({ renew: actions.renew, hide: () => this.#hideWarning() });
    const stage = html("div", { class: "stage" }, this.screen, this.#overlay);
    this.#frame = part("div", "frame", {}, this.#warning.root, stage, this.#announcer);
    this.#focus = new FocusWatch(this.screen);
    listenForLeaving(this.screen, () => this.#leave());
    root.adoptedStyleSheets = [styleSheet()];
    // Until there are words to say.
    this.#overlay.hidden = true;
    this.#warning.root.hidden = true;
    root.append(this.#frame);
  }

  show(content: FrameContent): void {
    const before = this.#shown;
    this.#shown = content;
    const { phase, state, words } = content;
    this.#frame.dataset["phase"] = phase;
    this.#frame.lang = words.language;
    this.screen.ariaLabel = words.labels[this.#kind];
    this.screen.ariaDescription = fill(words.labels.leave, { keys: leaveKeys });
    const panelChanged =
      before?.state !== state || before.words !== words || before.canAuthorize !== content.canAuthorize;
    const hadFocus = this.#focus.inside || this.#overlay.contains(this.#root.activeElement);
    this.#countdown.stop();
    this.#showWarning(content);
    if (panelChanged) this.#showPanel(content);
    if (phase !== before?.phase) {
      this.#announce(phase, words);
      if (hadFocus) this.#moveFocus();
    }
  }

  /** Puts the keyboard to where a person can act. */
  focus(): void {
    if (this.#shown?.state.status === "connected") this.#actions.focusConsole();
    else (query(this.#overlay, "button") ?? query(this.#overlay, ".panel"))?.focus();
    // A slot may have taken the place of both.
    if (!this.#root.activeElement) this.screen.focus();
  }

  /** There is something new about the end of the session: shows the bar again after it was hidden by hand. */
  warn(): void {
    this.#hiddenByHand = false;
  }

  stop(): void {
    this.#countdown.stop();
  }

  #showWarning({ phase, state, outlook, warnedMs, words }: FrameContent): void {
    const wanted = phase === "expiring" || phase === "renewing" || phase === "renew-failed" || phase === "renewed";
    const visible = wanted && !this.#hiddenByHand;
    const hadFocus = this.#warning.root.contains(this.#root.activeElement);
    this.#warning.root.hidden = !visible;
    if (hadFocus && (!visible || phase === "renewed")) this.#actions.focusConsole();
    if (!visible || state.status !== "connected") return;
    this.#warning.show(phase, words, outlook, warnedMs);
    const expiresAt = state.session?.expiresAt ?? null;
    if (expiresAt === null) this.#warning.setTime(null);
    // What a renewal brought is said once: counted down, ten minutes would be nine a second later.
    else if (phase === "renewed") this.#warning.setTime(expiresAt - performance.now());
    else this.#countdown.start(expiresAt, (leftMs) => this.#warning.setTime(leftMs));
  }

  #showPanel({ state, canAuthorize, words }: FrameContent): void {
    this.#overlay.hidden = state.status === "connected";
    const panel = panelFor(state, canAuthorize, words, this.#actions);
    const ended = state.status === "closed";
    this.#end.replaceChildren(...(panel && ended ? [panel.root] : []));
    this.#overlaySlot.replaceChildren(...(panel ? [ended ? this.#end : panel.root] : []));
    const { setTime } = panel ?? {};
    if (state.status === "reconnecting" && setTime) this.#countdown.start(state.retryAt, setTime);
  }

  /** Tells a screen reader what a new phase shows. */
  #announce(phase: ConsolePhase, words: Messages): void {
    if (phase === "idle" || phase === "renewing") return;
    const from = this.#overlay.hidden ? this.#warning.root : this.#overlay;
    const texts = [...from.querySelectorAll("[data-told]")].map((node) => node.textContent);
    setText(this.#announcer, phase === "connected" ? words.states.connected : texts.join(" – "));
  }

  #moveFocus(): void {
    this.#focus.clear();
    this.focus();
  }

  #hideWarning(): void {
    this.#hiddenByHand = true;
    if (this.#shown) this.#showWarning(this.#shown);
  }

  /** To the warning's first button, else to the element itself, so that Tab goes on in the page. */
  #leave(): void {
    this.#focus.clear();
    (query(this.#warning.root, ".warning:not([hidden]) button:not([hidden])") ?? this.screen).focus();
  }
}

function query(root: Element, selector: string): HTMLElement | null {
  return root.querySelector(selector);
}
