import type { CloseInfo, ConsoleState, SessionInfo, TakeoverRequest } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { Countdown, describeWarning, type ExpiryWarning } from "@curfew/client/ui";
import { createAskingCard, createConnectingCard, type ConnectingCard } from "../cards/connecting-card.ts";
import { createReconnectingCard } from "../cards/reconnecting-card.ts";
import { markTab, notifyIfHidden } from "../browser/tab-alerts.ts";
import { settings } from "../settings/settings-store.ts";
import { isFirstTime } from "../browser/first-time.ts";
import { leaveKeys } from "../locales/key-names.ts";
import { duration, texts } from "../locales/texts.ts";
import type { PageStatus } from "../shell/page-status.ts";
import { mayTakeFocus, type PageShell } from "../shell/page-shell.ts";
import type { SessionRecord } from "./session-record.ts";

/** Short, so that the ring around the reconnecting card moves smoothly. */
const RING_STEP_MS = 250;

/** What the user can do from the cards. */
export interface SessionCommands {
  readonly close: () => void;
  readonly tryNow: () => void;
  /** Connects with a new token. */
  readonly tryWithNewAccess: () => void;
  /** Gives the keyboard to the console. */
  readonly refocus: () => void;
}

/** Shows a session on the page: cards before it opens, the console and its toolbar, the banner and the time left. */
export class SessionDisplay {
  readonly #shell: PageShell;
  readonly #record: SessionRecord;
  readonly #commands: SessionCommands;
  #connecting: ConnectingCard | undefined;
  readonly #sessionCountdown = new Countdown();
  readonly #inactiveCountdown = new Countdown();
  readonly #retryCountdown = new Countdown(RING_STEP_MS);
  #reconnecting = false;
  /** Removes the hint how to leave the console. */
  #hideHint = (): void => {};

  constructor(shell: PageShell, record: SessionRecord, commands: SessionCommands) {
    this.#shell = shell;
    this.#record = record;
    this.#commands = commands;
  }

  showConnecting(attempt: number): void {
    this.#stopRetry();
    this.#connecting = createConnectingCard(this.#record, attempt, this.#commands.close);
    this.#shell.showCard(this.#connecting.root);
  }

  /** @param until - when the user at the console must have answered, on the clock of `performance.now()` */
  showAsking(until: number): void {
    this.#stopRetry();
    const card = createAskingCard(this.#commands.close);
    this.#retryCountdown.start(until, card.setTime);
    this.#shell.showCard(card.root);
  }

  /** Asks whether another session may take over. */
  showTakeover(takeover: TakeoverRequest | undefined): void {
    const question = this.#shell.takeover.show(takeover);
    if (question === undefined) return;
    this.#shell.toasts.announce(question);
    if (settings.current.notify) notifyIfHidden(this.#name, question);
  }

  /** The gateway was reached: the attempt waits for the machine from now on. */
  setReached(): void {
    this.#connecting?.setReached();
  }

  /** @param canRequest - whether the page can request a new token */
  showReconnecting(state: Extract<ConsoleState, { status: "reconnecting" }>, canRequest: boolean): void {
    const { close, tryNow, tryWithNewAccess } = this.#commands;
    const newAccess = canRequest ? tryWithNewAccess : undefined;
    const card = createReconnectingCard(state, this.#record.blocked, { tryNow, newAccess, cancel: close });
    this.#reconnecting = true;
    this.#retryCountdown.start(state.retryAt, card.setTime);
    this.#shell.showCard(card.root);
  }

  get isReconnecting(): boolean {
    return this.#reconnecting;
  }

  #stopRetry(): void {
    this.#reconnecting = false;
    this.#retryCountdown.stop();
  }

  /**
   * @param isFirst - whether the console opens for the first time
   * @param warning - what the user must know about it then
   */
  showConsole(toolbar: HTMLElement, isFirst: boolean, viewOnly: boolean, warning: string | undefined): void {
    const { toasts } = this.#shell;
    this.#stopRetry();
    this.#shell.showConsole();
    this.#shell.showToolbar(toolbar, this.#commands.refocus);
    if (mayTakeFocus()) this.#commands.refocus();
    if (!isFirst) toasts.show(texts().notices.connectedAgain);
    else if (warning !== undefined) toasts.warn(warning);
    else if (!viewOnly && !matchMedia("(pointer: coarse)").matches && isFirstTime("leave-keys"))
      this.#hideHint = toasts.show(format(texts().console.leaves, { keys: leaveKeys() }), "keyboard");
  }

  /** Hides everything that belongs to an open console. */
  hideTools(): void {
    this.#inactiveCountdown.stop();
    this.#shell.hideToolbar();
    this.#hideHint();
    this.#shell.setUnstable(false);
    this.#shell.banner.hide();
    this.#shell.takeover.show(undefined);
  }

  /** A warning before the end arrived. */
  announceExpiry(expiresInMs: number): void {
    const text = format(texts().sdk.session.endsIn, { time: duration(expiresInMs, "long") });
    this.#shell.toasts.announce(text);
    if (settings.current.notify) notifyIfHidden(this.#name, text);
  }

  /** @param expiresInMs - null where the session no longer ends by itself */
  announceRenewal(expiresInMs: number | null): void {
    const { session } = texts().sdk;
    this.#shell.toasts.show(
      expiresInMs === null ? session.renewedForGood : format(session.renewed, { time: duration(expiresInMs) }),
    );
  }

  /** @param inBanner - the banner shows the failure, so that only screen readers need the announcement */
  announceRenewalFailure(failure: string, inBanner: boolean): void {
    const text = `${texts().sdk.session.renewFailed} ${failure}`.trim();
    if (inBanner) this.#shell.toasts.announce(text);
    else this.#shell.toasts.warn(text);
  }

  /**
   * Shows the time left in the bar, in the banner and in the title of the document.
   *
   * @param renewFailure - why the last renewal failed
   */
  showTime(
    session: SessionInfo | undefined,
    status: PageStatus,
    warning: ExpiryWarning | undefined,
    renewFailure: string,
  ): void {
    const { bar } = this.#shell;
    this.#showInactive(warning);
    markTab(status === "expiring" || status === "renew-failed" || (session?.takeover ?? null) !== null);
    if (session === undefined || session.expiresAt === null) {
      this.#sessionCountdown.stop();
      bar.setTime(session === undefined ? "unknown" : "unlimited", session?.idleTimeoutMs);
      this.#showWarning(warning, renewFailure, null);
      setTitle(this.#name);
      return;
    }
    const { timeLeft } = texts().sdk.session;
    this.#sessionCountdown.start(session.expiresAt, (leftMs) => {
      bar.setTime(leftMs);
      this.#showWarning(warning, renewFailure, leftMs);
      setTitle(status === "connected" ? this.#name : `${format(timeLeft, { time: duration(leftMs) })} – ${this.#name}`);
    });
  }

  /** Asks whether the user is still there, where the session ends because of that. */
  #showInactive(warning: ExpiryWarning | undefined): void {
    const endsAt = warning?.shownPhase === "inactive" ? warning.endsAt : null;
    if (warning === undefined || endsAt === null) {
      this.#inactiveCountdown.stop();
      return;
    }
    this.#inactiveCountdown.start(endsAt, (leftMs) => {
      this.#shell.banner.show("inactive", describeWarning("inactive", "notRenewable", leftMs, texts().sdk), "");
    });
  }

  /** There was no input for long. */
  announceInactivity(endsInMs: number): void {
    const { stillThere, closesWhenIdle } = texts().sdk.session;
    this.#shell.toasts.announce(`${stillThere} ${format(closesWhenIdle, { time: duration(endsInMs, "long") })}`);
  }

  #showWarning(warning: ExpiryWarning | undefined, renewFailure: string, leftMs: number | null): void {
    const { banner } = this.#shell;
    const phase = warning?.shownPhase;
    if (phase === "inactive") return;
    // A toast reports a renewal.
    if (warning === undefined || leftMs === null || phase === undefined || phase === "renewed") banner.hide();
    else {
      const description = describeWarning(phase, warning.renewability, leftMs, texts().sdk);
      banner.show(phase, description, phase === "renew-failed" ? renewFailure : "");
    }
  }

  /** Removes the console and its picture from the page. */
  end({ reason }: CloseInfo): void {
    this.#stopRetry();
    this.#sessionCountdown.stop();
    this.#shell.removeHost();
    this.hideTools();
    this.#shell.toasts.clear();
    this.#shell.bar.setTime("unknown");
    markTab(false);
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
    setTitle(`${texts().sdk.closeReasons[reason].title} – ${this.#name}`);
  }

  get #name(): string {
    return this.#record.name === "" ? texts().title : this.#record.name;
  }
}

function setTitle(title: string): void {
  if (document.title !== title) document.title = title;
}
