import type { CloseInfo, ConsoleState, SessionInfo } from "@curfew/client";
import { format } from "@curfew/client/messages";
import { createConnectingCard, type ConnectingCard } from "../cards/connecting-card.ts";
import { createReconnectingCard, type ReconnectingCard } from "../cards/reconnecting-card.ts";
import { leaveKeys } from "../locales/key-names.ts";
import { duration, texts } from "../locales/texts.ts";
import type { Renewability } from "../shell/expiry-banner.ts";
import type { OpenStatus, PageStatus } from "../shell/page-status.ts";
import { mayTakeFocus, type PageShell } from "../shell/page-shell.ts";
import type { SessionRecord } from "./session-record.ts";

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
  #retry: { readonly card: ReconnectingCard; readonly at: number } | undefined;

  constructor(shell: PageShell, record: SessionRecord, commands: SessionCommands) {
    this.#shell = shell;
    this.#record = record;
    this.#commands = commands;
  }

  showConnecting(attempt: number): void {
    this.#retry = undefined;
    this.#connecting = createConnectingCard(this.#record.name, attempt, this.#commands.close);
    this.#shell.showCard(this.#connecting.root);
  }

  /** The gateway was reached: the attempt waits for the machine from now on. */
  setReached(): void {
    this.#connecting?.setReached();
  }

  /** @param canRequest - whether the page can request a new token */
  showReconnecting(state: Extract<ConsoleState, { status: "reconnecting" }>, canRequest: boolean): void {
    const { close, tryNow, tryWithNewAccess } = this.#commands;
    const newAccess = canRequest ? tryWithNewAccess : undefined;
    const card = createReconnectingCard(state, { tryNow, newAccess, cancel: close });
    this.#retry = { card, at: state.retryAt };
    this.#shell.showCard(card.root);
  }

  get isReconnecting(): boolean {
    return this.#retry !== undefined;
  }

  /** @param isFirst - whether the console opens for the first time */
  showConsole(toolbar: HTMLElement, isFirst: boolean, viewOnly: boolean): void {
    const { toasts } = this.#shell;
    this.#retry = undefined;
    this.#shell.showConsole();
    this.#shell.showToolbar(toolbar, this.#commands.refocus);
    if (mayTakeFocus()) this.#commands.refocus();
    if (!isFirst) toasts.show(texts().notices.connectedAgain);
    else if (!viewOnly && !matchMedia("(pointer: coarse)").matches)
      toasts.show(format(texts().console.leaves, { keys: leaveKeys() }), "keyboard");
  }

  /** Shows or hides the banner. `failure` says why the last renewal failed. */
  showBanner(status: OpenStatus, renewability: Renewability, failure: string): void {
    if (status === "connected") this.#shell.banner.hide();
    else this.#shell.banner.show(status, renewability, failure);
  }

  /** Hides everything that belongs to an open console. */
  hideTools(): void {
    this.#shell.hideToolbar();
    this.#shell.setUnstable(false);
    this.#shell.banner.hide();
  }

  /** A warning before the end arrived. */
  announceExpiry(expiresInMs: number): void {
    this.#shell.banner.warn();
    this.#shell.toasts.announce(format(texts().sdk.session.endsIn, { time: duration(expiresInMs, "long") }));
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

  /** Updates every countdown, and the title of the document. */
  showTime(session: SessionInfo | undefined, status: PageStatus): void {
    const { bar, banner } = this.#shell;
    this.#retry?.card.setTime(this.#retry.at - performance.now());
    let title = this.#title;
    if (session === undefined) bar.setTime("unknown");
    else if (session.expiresAt === null) bar.setTime("unlimited");
    else {
      const leftMs = session.expiresAt - performance.now();
      bar.setTime(leftMs);
      banner.setTime(leftMs);
      if (status !== "connected")
        title = `${format(texts().sdk.session.timeLeft, { time: duration(leftMs) })} – ${title}`;
    }
    if (document.title !== title) document.title = title;
  }

  /** Removes the console and its picture from the page. */
  end({ reason }: CloseInfo): void {
    this.#shell.removeHost();
    this.hideTools();
    this.#shell.toasts.clear();
    this.#shell.bar.setTime("unknown");
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
    document.title = `${texts().sdk.closeReasons[reason].title} – ${this.#title}`;
  }

  get #title(): string {
    return this.#record.name === "" ? texts().title : this.#record.name;
  }
}
