import type { CloseInfo, ConsoleError, ConsoleEvents, ConsoleState, SessionInfo } from "@curfew/client";
import { ExpiryWarning } from "@curfew/client/ui";
import { createConsoleToolbar } from "../actions/console-toolbar.ts";
import type { ActionContext } from "../actions/action-context.ts";
import { toolContext } from "../actions/tool-context.ts";
import { isWebSocketBlocked } from "../browser/gateway-probe.ts";
import { loadTwice } from "../browser/load-twice.ts";
import { createWakeLock } from "../browser/wake-lock.ts";
import type { EndInfo } from "../cards/end-card.ts";
import type { CreateOptions, PageConsole } from "../consoles/console-definition.ts";
import { CONSOLES } from "../consoles/index.ts";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import { renewalFailureSentence } from "../locales/renewal-failure.ts";
import { settings } from "../settings/settings-store.ts";
import type { PageShell } from "../shell/page-shell.ts";
import { isOpen, pageStatus, type PageStatus } from "../shell/page-status.ts";
import type { Access } from "./access.ts";
import { SessionDisplay } from "./session-display.ts";
import { SessionRecord } from "./session-record.ts";
import { SignIn } from "./sign-in.ts";

/** Round trip above which the connection counts as slow. */
const SLOW_ROUND_TRIP_MS = 1_500;

export interface SessionListeners {
  readonly onExpiring: (warning: ConsoleEvents["expiring"]) => void;
  /** Called once. The console and its picture are no longer on the page. */
  readonly onEnd: (end: EndInfo) => void;
}

/** One console from opening to end, including reconnections: connects the SDK with the page. */
export class ConsoleSession {
  readonly #url: ConsoleUrl;
  readonly #shell: PageShell;
  readonly #access: Access;
  readonly #listeners: SessionListeners;
  readonly #record: SessionRecord;
  readonly #display: SessionDisplay;
  readonly #signIn: SignIn;
  readonly #over = new AbortController();
  readonly #keepScreenOn = createWakeLock(this.#over.signal);
  #console: PageConsole | undefined;
  #toolbar: HTMLElement | undefined;
  #status: PageStatus = "connecting";
  /** Why the last renewal failed. */
  #renewFailure = "";
  #warning: ExpiryWarning | undefined;

  constructor(url: ConsoleUrl, shell: PageShell, access: Access, listeners: SessionListeners) {
    this.#url = url;
    this.#shell = shell;
    this.#access = access;
    this.#listeners = listeners;
    this.#record = new SessionRecord(url.name ?? "");
    this.#display = new SessionDisplay(shell, this.#record, {
      close: () => this.close(),
      tryNow: () => this.#tryNow(),
      tryWithNewAccess: () => void this.#tryWithNewAccess(),
      refocus: () => this.#refocus(),
    });
    this.#signIn = new SignIn(shell, { onDone: () => this.#refresh(), onCancel: () => this.close() });
  }

  async open(): Promise<void> {
    const { signal } = this.#over;
    const host = this.#shell.createHost(this.#record.name);
    this.#shell.setStatus("connecting");
    this.#display.showConnecting(1);
    // Vite's loader reports scripts that did not load. The SDK only knows that its viewer failed.
    try {
      const { create } = CONSOLES[this.#url.type];
      this.#console = await loadTwice(() => create(this.#url, host, this.#createOptions()));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#end({ ...NOT_LOADED, detail });
      return;
    }
    if (signal.aborted) return;
    this.#listen(this.#console);
    settings.follow(() => this.#updateWakeLock(), signal);
    addEventListener("beforeunload", (event) => this.#confirmUnload(event), { signal });
    // The `closed` event reports the end, in more detail than this rejection.
    await this.#console.view.connect().catch(() => {});
  }

  #createOptions(): CreateOptions {
    return {
      authorize: () => this.#access.grant(),
      renew: (request) => this.#access.request(request.signal),
      onCredentialsRequired: (types, request) => this.#signIn.credentials(types, request),
      onServerVerification: (identity, request) => this.#signIn.identity(identity, request.signal),
      ...(this.#url.reconnect ? {} : { reconnect: false }),
      ...this.#url.clipboard,
      signal: this.#over.signal,
    };
  }

  /** @param token - what to renew with; by default one is requested */
  renew(token?: string): void {
    if (this.#status === "renewing" || !isOpen(this.#status)) return;
    if (token === undefined && this.#warning?.phase === "inactive") {
      this.#console?.view.connection.stillHere();
      return;
    }
    // The outcome is reported by events.
    this.#console?.view.connection.renew(token).catch(() => {});
  }

  /** The user answers whether another session may take over. */
  answerTakeover(allow: boolean): void {
    this.#console?.view.connection.answerTakeover(allow);
  }

  /** The user hides the banner. */
  hideBanner(): void {
    this.#warning?.hide();
  }

  /** Offers to renew, if the page can by now. */
  offerRenewal(): void {
    if (isOpen(this.#status)) this.#refresh();
  }

  focus(): void {
    window.focus();
    this.#refocus();
  }

  close(): void {
    if (this.#console === undefined) this.#end(CANCELED);
    else this.#console.view.close().catch(() => {});
  }

  #listen({ view: { connection }, onName }: PageConsole): void {
    connection.on("channel", () => {
      this.#record.reached = true;
      if (this.#record.blocked) {
        this.#record.blocked = false;
        this.#refresh();
      }
      this.#display.setReached();
    });
    connection.on("unresponsive", () => this.#shell.setUnstable(true));
    connection.on("latency", ({ rttMs }) => this.#shell.setUnstable(rttMs > SLOW_ROUND_TRIP_MS));
    connection.on("idlewarning", ({ endsInMs }) => {
      if (endsInMs !== null) this.#display.announceInactivity(endsInMs);
    });
    connection.on("expiring", (warning) => {
      this.#listeners.onExpiring(warning);
      this.#display.announceExpiry(warning.expiresInMs);
    });
    connection.on("renewed", ({ expiresInMs }) => this.#onRenewed(expiresInMs));
    connection.on("renewfailed", (error) => this.#onRenewFailed(error));
    connection.on("state", (state) => {
      const failed = state.status === "reconnecting" && state.cause.reason === "connect_failed";
      if (failed && !this.#record.reached) void this.#explainFailure();
    });
    connection.on("closed", (close) => this.#end(close));
    // After the listeners above, so that it shows what they have noted. It also reports each change of the state.
    this.#warning = new ExpiryWarning(connection, {
      canRenew: () => this.#access.canRequest,
      onChange: () => this.#refresh(),
      signal: this.#over.signal,
    });
    if (this.#url.name === undefined) {
      onName?.((name) => {
        this.#record.name = name;
        this.#shell.setName(name);
        this.#showTime();
      });
    }
  }

  #onRenewed(expiresInMs: number | null): void {
    this.#access.confirm();
    this.#display.announceRenewal(expiresInMs);
    // Focus elsewhere, such as in the search or a menu, stays there.
    if (this.#shell.banner.root.contains(document.activeElement)) this.#refocus();
    this.#refresh();
    if (document.activeElement === document.body) this.#refocus();
  }

  #onRenewFailed(error: ConsoleError): void {
    this.#renewFailure = renewalFailureSentence(error);
    // The banner, which shows the failure, appears only after a warning.
    const inBanner = this.#session?.expiring === true;
    this.#display.announceRenewalFailure(this.#renewFailure, inBanner);
  }

  /** The attempts go on for minutes. What they are likely to fail of is said after the first. */
  async #explainFailure(): Promise<void> {
    const isBlocked = await isWebSocketBlocked();
    if (this.#record.reached || isBlocked === this.#record.blocked) return;
    this.#record.blocked = isBlocked;
    this.#refresh();
  }

  #refresh(): void {
    if (this.#console !== undefined) this.#showState(this.#console.view.state);
  }

  #showState(state: ConsoleState): void {
    if (state.status === "closed" || this.#over.signal.aborted) return;
    const isRejected = state.status === "reconnecting" && state.cause.reason === "credentials_rejected";
    if (state.status !== "connecting" && !isRejected) this.#signIn.finish();
    const wasOpen = isOpen(this.#status);
    this.#status = pageStatus(state, { signIn: this.#signIn.step, warning: this.#warning?.phase });
    this.#shell.setStatus(this.#status);
    if (state.status === "connected") this.#showConsole(state.session ?? undefined, wasOpen);
    else {
      if (wasOpen) this.#record.markLost();
      this.#display.hideTools();
      // The user is asked again.
      if (isRejected) this.#tryNow();
      else if (state.status === "reconnecting") this.#display.showReconnecting(state, this.#access.canRequest);
      else if (state.status === "connecting" && state.askingUntil !== undefined) {
        this.#display.showAsking(state.askingUntil);
      } else if (this.#signIn.step !== "identity") {
        this.#display.showConnecting(state.status === "connecting" ? state.attempt : 1);
      }
    }
    this.#updateWakeLock();
    this.#showTime();
  }

  #showTime(): void {
    this.#display.showTime(this.#session, this.#status, this.#warning, this.#renewFailure);
  }

  #showConsole(session: SessionInfo | undefined, wasOpen: boolean): void {
    this.#record.setSessionId(session?.id ?? undefined);
    this.#display.showTakeover(session?.takeover ?? undefined);
    if (!wasOpen && this.#console !== undefined) {
      const isFirst = this.#record.markOpen();
      this.#toolbar ??= createConsoleToolbar(this.#console.createActions, this.#actionContext(this.#console));
      const warning = this.#access.isBlocked ? this.#access.whyNoRequest : undefined;
      this.#display.showConsole(this.#toolbar, isFirst, this.#url.viewOnly, warning);
    }
  }

  #actionContext({ view, statistics }: PageConsole): ActionContext {
    const { settings, hasGestures } = CONSOLES[this.#url.type];
    return {
      settings,
      hasGestures,
      viewOnly: this.#url.viewOnly,
      shell: this.#shell,
      ...toolContext(this.#shell, this.#over.signal),
      name: () => this.#record.name,
      isConnected: () => view.state.status === "connected",
      refocus: () => this.#refocus(),
      disconnect: () => this.close(),
      renew: () => {
        if (this.#access.canRequest) this.renew();
        else this.#shell.toasts.warn(this.#access.whyNoRequest);
      },
      statistics,
      signal: this.#over.signal,
    };
  }

  #tryNow(): void {
    this.#console?.view.connect().catch(() => {});
  }

  /** Helps where the old token leads to the wrong place, for example after a machine has moved. */
  async #tryWithNewAccess(): Promise<void> {
    try {
      await this.#access.request(this.#over.signal);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#shell.toasts.warn(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#access.confirm();
    // An attempt that is in progress continues with the old token.
    if (this.#display.isReconnecting) this.#tryNow();
  }

  #updateWakeLock(): void {
    this.#keepScreenOn(isOpen(this.#status) && settings.current.wakeLock);
  }

  /** The session of the open connection; undefined where there is none, or where the server sends no control messages. */
  get #session(): SessionInfo | undefined {
    const state = this.#console?.view.state;
    return state?.status === "connected" ? (state.session ?? undefined) : undefined;
  }

  #refocus(): void {
    if (document.querySelector("dialog[open]") === null) this.#console?.view.focus();
  }

  /** A reload or Ctrl + W, meant for the machine, would interrupt the session. */
  #confirmUnload(event: BeforeUnloadEvent): void {
    if (isOpen(this.#status) && this.#console?.isViewOnly() === false) event.preventDefault();
  }

  #end(close: CloseInfo): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#signIn.finish();
    this.#display.end(close);
    this.#listeners.onEnd(this.#record.end(close));
  }
}

const NOT_LOADED: CloseInfo = { reason: "viewer_load_failed", action: "stop", code: 1006, wasConnected: false };
const CANCELED: CloseInfo = { reason: "client_closed", action: "stop", code: 1000, wasConnected: false };
