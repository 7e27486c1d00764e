import type { ConsoleState, TakeoverRequest } from "../connection/model/state.ts";
import { format } from "../locales/format.ts";
import type { Messages } from "../locales/types.ts";
import { Countdown } from "../ui/countdown.ts";
import { createElement, setText } from "../ui/dom.ts";
import type { ExpiryWarning } from "../ui/expiry-warning.ts";
import { leaveKeysLabel } from "../ui/leave-keys.ts";
import type { ModifierKey } from "../ui/modifiers.ts";
import { refuseDrops } from "../ui/refuse-drops.ts";
import { part } from "./dom.ts";
import { FocusWatch } from "./focus-watch.ts";
import type { ElementType } from "./kinds.ts";
import { type PanelActions, createPanel } from "./panel.ts";
import type { ConsolePhase } from "./phase.ts";
import { styleSheet } from "./styles.ts";
import { adoptXtermStyles } from "../views/serial/xterm-styles.ts";
import { TakeoverBar } from "./takeover-bar.ts";
import { WarningBar } from "./warning-bar.ts";

/** How long a notice is shown. */
const NOTICE_MS = 6_000;

/** What the shell shows. */
export interface ShellContent {
  readonly state: ConsoleState;
  readonly phase: ConsolePhase;
  /** Undefined before a console was created. */
  readonly warning: ExpiryWarning | undefined;
  /** Whether opening the console again gets a new token. */
  readonly canAuthorize: boolean;
  readonly messages: Messages;
  /** The keys that leave the console; undefined for the default. */
  readonly leaveKeys: readonly ModifierKey[] | undefined;
}

/** What the buttons and keys of the shell do. */
export interface ShellActions extends PanelActions {
  readonly renew: () => void;
  readonly hideWarning: () => void;
  readonly answerTakeover: (allow: boolean) => void;
  readonly focusConsole: () => void;
  /** The warning, or the question over it, covers so many pixels of the console's top. */
  readonly cover: (top: number) => void;
}

/** The content of an element's shadow root: the console, and the warning and the panel over it. */
export class Shell {
  /** The place for the console. */
  readonly screen: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #type: ElementType;
  readonly #actions: ShellActions;
  readonly #shell: HTMLElement;
  readonly #warning: WarningBar;
  readonly #takeover: TakeoverBar;
  readonly #end = createElement("slot", { name: "end" });
  readonly #overlaySlot = createElement("slot", { name: "overlay" });
  readonly #overlay = part("div", "overlay", {}, this.#overlaySlot);
  readonly #announcer = createElement("p", { class: "announcer", role: "status" });
  readonly #notice = part("p", "notice", { hidden: true });
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #countdown = new Countdown();
  readonly #takeoverCountdown = new Countdown();
  readonly #focus: FocusWatch;
  #shown: ShellContent | undefined;

  /** @param outside - the place for the console, if it is not inside the shadow root: the shell then lies over it */
  constructor(root: ShadowRoot, type: ElementType, actions: ShellActions, outside?: HTMLElement) {
    this.screen = outside ?? part("div", "screen", { role: "group", tabindex: "-1" });
    this.#root = root;
    this.#type = type;
    this.#actions = actions;
    this.#warning = new WarningBar({ renew: actions.renew, hide: actions.hideWarning });
    this.#takeover = new TakeoverBar(actions.answerTakeover);
    this.#shell = part(
      "div",
      "shell",
      { "data-type": type, "data-over": outside !== undefined },
      this.#warning.root,
      this.#takeover.root,
      outside ? undefined : this.screen,
      this.#overlay,
      this.#notice,
      this.#announcer,
    );
    const bars = [this.#warning.root, this.#takeover.root];
    const covering = new ResizeObserver(() => actions.cover(Math.max(...bars.map((bar) => bar.offsetHeight))));
    for (const bar of bars) covering.observe(bar);
    this.#focus = new FocusWatch(this.screen);
    // The console refuses what is dragged over itself, and tells it.
    refuseDrops(this.#shell, () => this.notify("dropRefused"));
    this.adoptStyles();
    // Until the messages are loaded.
    this.#overlay.hidden = true;
    this.#warning.root.hidden = true;
    root.replaceChildren(this.#shell);
  }

  /** Styles the shadow root, also after it was moved into another document, which loses them. */
  adoptStyles(): void {
    this.#root.adoptedStyleSheets = [styleSheet(this.#root.ownerDocument)];
    adoptXtermStyles(this.screen);
  }

  show(content: ShellContent): void {
    const before = this.#shown;
    this.#shown = content;
    const { phase, state, messages } = content;
    this.#shell.dataset["phase"] = phase;
    this.#shell.lang = messages.language;
    if (this.#shell.contains(this.screen)) {
      this.screen.ariaLabel = messages.labels[this.#type];
      const keys = leaveKeysLabel(content.leaveKeys);
      this.screen.ariaDescription = keys === "" ? null : format(messages.labels.leave, { keys });
    }
    const panelChanged =
      before?.state !== state || before.messages !== messages || before.canAuthorize !== content.canAuthorize;
    const hadFocus = this.#focus.inside || this.#overlay.contains(this.#root.activeElement);
    this.#countdown.stop();
    this.#showWarning(content);
    if (panelChanged) this.#showPanel(content);
    this.#showTakeover(content, before);
    if (phase !== before?.phase || askingUntil(state) !== askingUntil(before.state)) {
      this.#announce(phase, messages);
      if (hadFocus) this.#moveFocus();
    }
  }

  /** Focuses the console, or the button that the user needs next. */
  focus(): void {
    if (this.#shown?.state.status === "connected") this.#actions.focusConsole();
    else (query(this.#overlay, "button") ?? query(this.#overlay, ".panel"))?.focus();
    // A slot may have replaced both.
    if (!this.#root.activeElement) this.screen.focus();
  }

  /** Shows a notice over the console for a while. */
  notify(notice: keyof Messages["notices"]): void {
    const text = this.#shown?.messages.notices[notice] ?? "";
    setText(this.#notice, text);
    setText(this.#announcer, text);
    this.#notice.hidden = false;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => (this.#notice.hidden = true), NOTICE_MS);
  }

  stop(): void {
    clearTimeout(this.#noticeTimer);
    this.#notice.hidden = true;
    this.#countdown.stop();
    this.#takeoverCountdown.stop();
  }

  #showWarning({ state, warning, messages }: ShellContent): void {
    const phase = warning?.shownPhase;
    const hadFocus = this.#warning.root.contains(this.#root.activeElement);
    this.#warning.root.hidden = !phase;
    if (hadFocus && (!phase || phase === "renewed")) this.#actions.focusConsole();
    if (!warning || !phase || state.status !== "connected") return;
    const show = (leftMs: number | null): void => this.#warning.show(phase, warning, messages, leftMs);
    const { endsAt } = warning;
    if (endsAt === null) show(null);
    // Not counted down: ten minutes would become nine a second later.
    else if (phase === "renewed") show(endsAt - performance.now());
    else this.#countdown.start(endsAt, show);
  }

  #showPanel({ state, canAuthorize, messages }: ShellContent): void {
    this.#overlay.hidden = state.status === "connected";
    const panel = createPanel(state, canAuthorize, messages, this.#actions);
    const ended = state.status === "closed";
    this.#end.replaceChildren(...(panel && ended ? [panel.root] : []));
    this.#overlaySlot.replaceChildren(...(panel ? [ended ? this.#end : panel.root] : []));
    const { setTime } = panel ?? {};
    const until = state.status === "reconnecting" ? state.retryAt : askingUntil(state);
    if (until !== undefined && setTime) this.#countdown.start(until, setTime);
  }

  /** Asks the user, and leaves the keyboard where it is. */
  #showTakeover({ state, messages }: ShellContent, before: ShellContent | undefined): void {
    const { root } = this.#takeover;
    const takeover = takeoverIn(state);
    if (!takeover) {
      const hadFocus = root.contains(this.#root.activeElement);
      this.#takeoverCountdown.stop();
      root.hidden = true;
      if (hadFocus && state.status === "connected") this.#actions.focusConsole();
      return;
    }
    root.hidden = false;
    this.#takeoverCountdown.start(takeover.endsAt, (leftMs) => this.#takeover.show(takeover, messages, leftMs));
    if (before && takeoverIn(before.state) === takeover) return;
    setText(this.#announcer, this.#takeover.announcement);
  }

  /** Announces a new phase to screen readers. */
  #announce(phase: ConsolePhase, messages: Messages): void {
    if (phase === "idle" || phase === "renewing") return;
    const from = this.#overlay.hidden ? this.#warning.root : this.#overlay;
    const texts = [...from.querySelectorAll("[data-announced]")].map((node) => node.textContent);
    setText(this.#announcer, phase === "connected" ? messages.states.connected : texts.join(" – "));
  }

  #moveFocus(): void {
    this.#focus.clear();
    this.focus();
  }

  /**
   * Moves the focus to the first button of the question or the warning, or else to the element itself, so that Tab
   * continues in the page.
   */
  leave(): void {
    this.#focus.clear();
    const bar = [this.#takeover.root, this.#warning.root].find(({ hidden }) => !hidden);
    ((bar && query(bar, "button:not([hidden])")) ?? this.screen).focus();
  }
}

function takeoverIn(state: ConsoleState): TakeoverRequest | undefined {
  return state.status === "connected" ? (state.session?.takeover ?? undefined) : undefined;
}

function askingUntil(state: ConsoleState): number | undefined {
  return state.status === "connecting" ? state.askingUntil : undefined;
}

function query(root: Element, selector: string): HTMLElement | null {
  return root.querySelector(selector);
}
