import type { CloseInfo, ConsoleEvents, ConsoleState, SessionInfo } from "@curfew/client";
import { fill } from "@curfew/client/messages";
import type { ConsoleLink } from "../link/parse-location.ts";
import { settings } from "../settings/settings-store.ts";
import type { ToolContext, Tools } from "../tools/common.ts";
import { serialTools } from "../tools/serial-tools.ts";
import { vncTools } from "../tools/vnc-tools.ts";
import type { Renewing } from "../views/banner.ts";
import { type ConnectingCard, createConnectingCard } from "../views/connecting-card.ts";
import type { Circumstance, Ending } from "../views/end-card.ts";
import { type Frame, mayTakeFocus } from "../views/frame.ts";
import { createReconnectingCard, type ReconnectingCard } from "../views/reconnecting-card.ts";
import { exitKeys } from "../words/key-names.ts";
import { renewalFailureSentence } from "../words/renewal-failure.ts";
import { duration, words } from "../words/words.ts";
import type { Access } from "./access.ts";
import { createConsole, type AnyConsole } from "./open-console.ts";
import { wakeLock } from "./wake-lock.ts";
import { isOpen, pageStatus, type PageStatus } from "./page-status.ts";
import { Questions } from "./questions.ts";

/** From this round trip on (milliseconds), typing is no fun. */
const slowAnswer = 1_500;

/** Milliseconds between looks at the clock; short, so that no second of a countdown is skipped. */
const tick = 250;

/** What the page hears of a session. */
export interface SessionListeners {
  readonly onExpiring: (warning: ConsoleEvents["expiring"]) => void;
  /** Called once; by then the picture is out of the page. */
  readonly onEnd: (ending: Omit<Ending, "canRequest" | "contact">) => void;
}

/**
 * One console from opening to end, reconnections included: brings what the SDK reports onto the
 * page.
 */
export class ConsoleSession {
  readonly #link: ConsoleLink;
  readonly #frame: Frame;
  readonly #access: Access;
  readonly #listeners: SessionListeners;
  readonly #questions: Questions;
  readonly #over = new AbortController();
  /** What the browser said about each script of the page that did not load. */
  readonly #unloaded: string[] = [];
  #console: AnyConsole | null = null;
  #status: PageStatus = "connecting";
  #name: string;
  /** Whether a socket to the gateway ever opened. */
  #reached = false;
  #renewFailure: string | null = null;
  #renewFailed = false;
  #openedAt: number | null = null;
  /** When the console was last open; null while it is. */
  #lostAt: number | null = null;
  #sessionId: string | null = null;
  readonly #keepAwake = wakeLock(this.#over.signal);
  #tools: Tools | null = null;
  #connecting: ConnectingCard | null = null;
  #retry: { readonly card: ReconnectingCard; readonly at: number } | null = null;

  constructor(link: ConsoleLink, frame: Frame, access: Access, listeners: SessionListeners) {
    this.#link = link;
    this.#frame = frame;
    this.#access = access;
    this.#listeners = listeners;
    this.#name = link.name ?? "";
    this.#questions = new Questions(frame, {
      onAnswer: () => {
        if (this.#console !== null) this.#showState(this.#console.view.state);
      },
      onCancel: () => {
        this.close();
      },
    });
  }

  async open(): Promise<void> {
    const host = this.#frame.createHost(this.#name);
    this.#frame.setStatus("connecting");
    this.#showConnecting(1);
    // Sent by Vite's loader: the SDK knows that its viewer failed, but not that it is a file of this page.
    addEventListener("vite:preloadError", ({ payload }) => this.#unloaded.push(payload.message), {
      signal: this.#over.signal,
    });
    try {
      this.#console = await createConsole(this.#link, host, {
        authorize: () => this.#access.grant(),
        renew: ({ signal }) => this.#access.request(signal),
        onCredentialsRequired: (types, { signal }) => this.#questions.credentials(types, signal),
        onServerVerification: (identity, { signal }) => this.#questions.identity(identity, signal),
        signal: this.#over.signal,
      });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#end({ ...notLoaded, detail });
      return;
    }
    if (this.#over.signal.aborted) return;
    this.#listen(this.#console);
    const clock = setInterval(() => {
      this.#tellTime();
    }, tick);
    this.#over.signal.addEventListener("abort", () => {
      clearInterval(clock);
    });
    addEventListener("beforeunload", (event) => this.#guard(event), { signal: this.#over.signal });
    // The end is told by `closed`, with more to say than this rejection has.
    await this.#console.view.connect().catch(() => {});
  }

  /** @param token what to renew with; by default one is asked for */
  renew(token?: string): void {
    if (this.#status === "renewing" || !isOpen(this.#status)) return;
    // The outcome comes as an event.
    this.#console?.view.connection.renew(token).catch(() => {});
  }

  /** Shows Renew if there is somebody to ask for tokens now. */
  showAgain(): void {
    if (this.#console !== null && isOpen(this.#status)) this.#showState(this.#console.view.state);
  }

  focus(): void {
    window.focus();
    this.#refocus();
  }

  #listen({ type, view }: AnyConsole): void {
    const { connection } = view;
    connection.on("state", (state) => {
      this.#showState(state);
    });
    connection.on("channel", () => {
      this.#reached = true;
      this.#connecting?.setReached();
    });
    connection.on("unresponsive", () => {
      this.#frame.setUnstable(true);
    });
    connection.on("latency", ({ rttMs }) => {
      this.#frame.setUnstable(rttMs > slowAnswer);
    });
    connection.on("expiring", (warning) => {
      const { expiresInMs } = warning;
      this.#listeners.onExpiring(warning);
      this.#frame.banner.warn();
      this.#frame.toasts.announce(fill(words().sdk.session.endsIn, { time: duration(expiresInMs, "long") }));
      this.#showState(connection.state);
    });
    connection.on("renewed", ({ expiresInMs }) => {
      this.#access.confirm();
      this.#renewFailed = false;
      const { session } = words().sdk;
      this.#frame.toasts.show(
        expiresInMs === null ? session.renewedForGood : fill(session.renewed, { time: duration(expiresInMs) }),
      );
      // Whoever types elsewhere, in the search or in a menu, goes on there.
      if (this.#frame.banner.root.contains(document.activeElement)) this.#refocus();
      this.#showState(connection.state);
      if (document.activeElement === document.body) this.#refocus();
    });
    connection.on("renewfailed", (error) => {
      this.#renewFailure = renewalFailureSentence(error);
      const failure = `${words().sdk.session.renewFailed} ${this.#renewFailure}`.trim();
      const { state } = connection;
      this.#renewFailed = state.status === "connected" && state.session?.expiring === true;
      // The banner, which says it, comes with the warning only.
      if (this.#renewFailed) this.#frame.toasts.announce(failure);
      else this.#frame.toasts.warn(failure);
      this.#showState(state);
    });
    connection.on("closed", (info) => {
      this.#end(info);
    });
    if (type === "vnc" && this.#link.name === null) {
      view.on("desktopname", ({ name }) => {
        this.#name = name;
        this.#frame.setName(name);
      });
    }
  }

  #showState(state: ConsoleState): void {
    if (state.status === "closed" || this.#over.signal.aborted) return;
    const before = this.#status;
    this.#status = pageStatus(state, { asked: this.#questions.open, renewFailed: this.#renewFailed });
    this.#frame.setStatus(this.#status);
    if (state.status !== "reconnecting") this.#retry = null;
    if (state.status === "connected") this.#showConsole(state.session, isOpen(before));
    else {
      if (isOpen(before)) this.#lostAt = performance.now();
      this.#frame.setTools(null);
      this.#frame.setUnstable(false);
      this.#frame.banner.hide();
      this.#renewFailed = false;
      if (state.status === "reconnecting") this.#showReconnecting(state);
      else if (this.#questions.open === "identity") return;
      else this.#showConnecting(state.status === "connecting" ? state.attempt : 1);
    }
    this.#tellTime();
  }

  #showConsole(session: SessionInfo | null, wasOpen: boolean): void {
    this.#sessionId = session?.id ?? this.#sessionId;
    this.#lostAt = null;
    if (!wasOpen) {
      const first = this.#openedAt === null;
      this.#openedAt ??= performance.now();
      this.#frame.showCard(null);
      if (this.#console !== null) this.#tools ??= this.#createTools(this.#console);
      this.#frame.setTools(this.#tools, () => {
        this.#refocus();
      });
      if (mayTakeFocus()) this.#refocus();
      if (!first) this.#frame.toasts.show(words().notices.connectedAgain);
      else if (!this.#link.viewOnly && !matchMedia("(pointer: coarse)").matches)
        this.#frame.toasts.show(fill(words().console.leaves, { keys: exitKeys() }), "keyboard");
    }
    if (this.#status === "connected") this.#frame.banner.hide();
    else if (this.#status === "expiring" || this.#status === "renewing" || this.#status === "renew-failed") {
      this.#frame.banner.show(this.#status, this.#renewing(session), this.#renewFailure);
    }
  }

  #renewing(session: SessionInfo | null): Renewing {
    if (session?.renewable !== true) return "not-renewable";
    return this.#access.canRequest ? "possible" : "needs-new-link";
  }

  #createTools({ type, view }: AnyConsole): Tools {
    const context: ToolContext = {
      type,
      name: () => this.#name,
      refocus: () => {
        this.#refocus();
      },
      disconnect: () => {
        this.close();
      },
      renew: () => {
        if (this.#access.canRequest) this.renew();
        else this.#frame.toasts.warn(words().access.noPlace);
      },
      statistics: () => (type === "vnc" ? view.statistics() : view.connection.statistics()),
      ...this.#frame.forTools(this.#over.signal),
      signal: this.#over.signal,
    };
    return type === "vnc"
      ? vncTools(view, this.#link.viewOnly, context)
      : serialTools(view, this.#link.viewOnly, context);
  }

  #showConnecting(attempt: number): void {
    this.#connecting = createConnectingCard(this.#name, attempt, () => {
      this.close();
    });
    this.#frame.showCard(this.#connecting.root);
  }

  #showReconnecting(state: Extract<ConsoleState, { status: "reconnecting" }>): void {
    const card = createReconnectingCard(state, {
      tryNow: () => {
        this.#console?.view.connect().catch(() => {});
      },
      newAccess: this.#access.canRequest ? () => void this.#tryWithNewAccess() : null,
      cancel: () => {
        this.close();
      },
    });
    this.#retry = { card, at: state.retryAt };
    this.#frame.showCard(card.root);
  }

  /** For a machine that has moved, for example: the old token leads to where it was. */
  async #tryWithNewAccess(): Promise<void> {
    try {
      await this.#access.request(this.#over.signal);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#frame.toasts.warn(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#access.confirm();
    // An attempt that is under way goes on with the old one.
    if (this.#retry !== null) this.#console?.view.connect().catch(() => {});
  }

  #tellTime(): void {
    this.#keepAwake(isOpen(this.#status) && settings.current.wakeLock);
    this.#retry?.card.setTime(this.#retry.at - performance.now());
    const state = this.#console?.view.state;
    const { bar, banner } = this.#frame;
    const name = this.#name === "" ? words().title : this.#name;
    let title = name;
    if (state?.status !== "connected" || state.session === null) bar.setTime("unknown");
    else if (state.session.expiresAt === null) bar.setTime("unlimited");
    else {
      const left = state.session.expiresAt - performance.now();
      bar.setTime(left);
      banner.setTime(left);
      if (this.#status !== "connected")
        title = `${fill(words().sdk.session.timeLeft, { time: duration(left) })} – ${title}`;
    }
    if (document.title !== title) document.title = title;
  }

  #refocus(): void {
    if (document.querySelector("dialog[open]") === null) this.#console?.view.focus();
  }

  /** A reload or Ctrl+W, meant for the machine, would lose the console: its token is used up. */
  #guard(event: BeforeUnloadEvent): void {
    if (isOpen(this.#status) && !this.#isViewOnly) event.preventDefault();
  }

  get #isViewOnly(): boolean {
    return this.#console?.type === "vnc" ? this.#console.view.viewOnly : this.#link.viewOnly;
  }

  close(): void {
    if (this.#console === null) this.#end(leftEarly);
    else this.#console.view.close().catch(() => {});
  }

  #end(info: CloseInfo): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#frame.removeHost();
    this.#frame.setTools(null);
    this.#frame.setUnstable(false);
    this.#frame.banner.hide();
    this.#frame.toasts.clear();
    this.#frame.bar.setTime("unknown");
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
    document.title = `${words().sdk.ends[info.reason].title} – ${this.#name === "" ? words().title : this.#name}`;
    this.#listeners.onEnd({
      info,
      name: this.#name,
      endedAt: new Date(),
      lastedMs: this.#openedAt === null ? null : (this.#lostAt ?? performance.now()) - this.#openedAt,
      sessionId: this.#sessionId,
      reached: this.#reached,
      circumstance: this.#circumstance(info),
    });
  }

  #circumstance({ reason, detail = "" }: CloseInfo): Circumstance | null {
    if (reason !== "viewer_failed") return null;
    // The gateway may have been upgraded meanwhile, for example.
    if (this.#unloaded.some((message) => detail.includes(message))) return "viewer-missing";
    return isSecureContext ? null : "insecure";
  }
}

const notLoaded: CloseInfo = { reason: "viewer_failed", action: "stop", code: 1006, wasConnected: false };
const leftEarly: CloseInfo = { reason: "client_closed", action: "stop", code: 1000, wasConnected: false };
