import { copyText } from "../browser/clipboard.ts";
import { isWebSocketBlocked } from "../browser/gateway-probe.ts";
import { createEndCard, type EndInfo } from "../cards/end-card.ts";
import { createNoTokenCard, createRequestFailedCard, createRequestingCard } from "../cards/status-cards.ts";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import { CONSOLES } from "../consoles/index.ts";
import type { EmbeddingParent } from "../embedding/embedding-parent.ts";
import { texts } from "../locales/texts.ts";
import { Access } from "../session/access.ts";
import { ConsoleSession } from "../session/console-session.ts";
import { PageShell } from "../shell/page-shell.ts";

/** What the page shows. */
type View =
  | { readonly kind: "no-token" }
  /** A token is being requested to open the console with. Cancel returns to `previous`. */
  | { readonly kind: "requesting"; readonly request: AbortController; readonly previous: View }
  | { readonly kind: "request-failed"; readonly sentence: string }
  | { readonly kind: "session"; readonly session: ConsoleSession }
  | { readonly kind: "ended"; readonly end: EndInfo };

/** The page of one console URL: opens its console, and opens it again after an end when the user asks for it. */
export class ConsolePage {
  readonly #url: ConsoleUrl;
  readonly #parent: EmbeddingParent | undefined;
  readonly #contact: URL | undefined;
  readonly #access: Access;
  readonly #shell: PageShell;
  #view: View = { kind: "no-token" };

  /**
   * @param parent - the embedding page
   * @param contact - how to contact the operator
   */
  constructor(url: ConsoleUrl, parent: EmbeddingParent | undefined, contact: URL | undefined) {
    this.#url = url;
    this.#parent = parent;
    this.#contact = contact;
    this.#access = new Access(url, parent);
    this.#shell = new PageShell({
      type: url.type,
      icon: CONSOLES[url.type].icon,
      name: url.name ?? texts().title,
      viewOnly: url.viewOnly,
      onRenew: () => {
        if (this.#view.kind === "session") this.#view.session.renew();
      },
      onHideBanner: () => {
        if (this.#view.kind === "session") this.#view.session.hideBanner();
      },
      onTakeoverAnswer: (allow) => {
        if (this.#view.kind === "session") this.#view.session.answerTakeover(allow);
      },
      onStatus: (state) => parent?.post({ type: "state", state }),
    });
  }

  start(): void {
    this.#parent?.post({ type: "ready" });
    this.#parent?.listen({
      focus: () => {
        if (this.#view.kind === "session") this.#view.session.focus();
      },
      canRenew: () => this.#render(),
      close: () => this.#close(),
      renew: (token) => this.#renewWith(token),
    });
    document.title = this.#url.name ?? texts().title;
    if (this.#access.hasToken) this.#open();
    else this.#render();
  }

  #show(view: View): void {
    this.#view = view;
    this.#render();
  }

  /** Shows the current view, again if the page can request tokens from now on. */
  #render(): void {
    const view = this.#view;
    switch (view.kind) {
      case "no-token":
        this.#shell.setStatus("no-token");
        this.#shell.showCard(createNoTokenCard(this.#requestIfPossible, this.#access.isBlocked));
        break;
      case "requesting":
        this.#shell.setStatus("connecting");
        this.#shell.showCard(createRequestingCard(() => this.#cancelRequest(view)));
        break;
      case "request-failed":
        this.#shell.setStatus("ended");
        this.#shell.showCard(createRequestFailedCard(view.sentence, () => void this.#requestAndOpen()));
        break;
      case "session":
        view.session.offerRenewal();
        break;
      case "ended":
        this.#shell.setStatus("ended");
        this.#shell.showCard(this.#createEndCard(view.end));
        break;
    }
  }

  #open(): void {
    const session = new ConsoleSession(this.#url, this.#shell, this.#access, {
      onExpiring: ({ expiresInMs, renewable }) =>
        this.#parent?.post({ type: "expiring", expiresInMs: Math.round(expiresInMs), renewable }),
      onEnd: (end) => this.#onEnd(end),
    });
    this.#access.keep();
    this.#show({ kind: "session", session });
    void session.open();
  }

  #onEnd(end: EndInfo): void {
    const { reason, code, action } = end.close;
    if (action !== "retry") this.#access.forget();
    if (reason === "client_closed") this.#parent?.withdrawRequest();
    const view: View = { kind: "ended", end };
    this.#show(view);
    this.#parent?.post({ type: "closed", reason, code, wasClean: code !== 1006 });
    const isUnexplained = reason === "connect_failed" && !end.reached && end.circumstance === undefined;
    if (isUnexplained) void this.#explainConnectFailure(view);
  }

  /** Shows that WebSockets are blocked if they are, unless the user has left `view`. */
  async #explainConnectFailure(view: Extract<View, { kind: "ended" }>): Promise<void> {
    const isBlocked = await isWebSocketBlocked();
    if (isBlocked && this.#view === view) this.#show({ kind: "ended", end: { ...view.end, circumstance: "blocked" } });
  }

  #createEndCard(end: EndInfo): HTMLElement {
    return createEndCard(end, {
      reopen: () => this.#open(),
      renewAndReopen: this.#requestIfPossible,
      closeTab: canCloseTab() ? () => this.#closeTab() : undefined,
      copy: (text) => void this.#copy(text),
      contact: this.#contact,
    });
  }

  /** Requests a token and opens the console; undefined where the page cannot request tokens. */
  get #requestIfPossible(): (() => void) | undefined {
    return this.#access.canRequest ? () => void this.#requestAndOpen() : undefined;
  }

  async #requestAndOpen(): Promise<void> {
    const request = new AbortController();
    this.#show({ kind: "requesting", request, previous: this.#view });
    try {
      await this.#access.request(request.signal);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (!request.signal.aborted) this.#show({ kind: "request-failed", sentence });
      return;
    }
    if (!request.signal.aborted) this.#openWithNewToken();
  }

  #openWithNewToken(): void {
    this.#access.confirm();
    this.#open();
  }

  #cancelRequest({ request, previous }: Extract<View, { kind: "requesting" }>): void {
    request.abort();
    this.#parent?.withdrawRequest();
    this.#show(previous);
  }

  /** The embedding page ends the session. */
  #close(): void {
    if (this.#view.kind === "session") this.#view.session.close();
    else if (this.#view.kind === "requesting") this.#cancelRequest(this.#view);
  }

  /** The embedding page sent a token that was not requested. */
  #renewWith(token: string): void {
    this.#access.offer(token);
    if (this.#view.kind === "session") {
      this.#view.session.renew(token);
      return;
    }
    if (this.#view.kind === "requesting") this.#view.request.abort();
    this.#openWithNewToken();
  }

  async #copy(text: string): Promise<void> {
    const { notices } = texts();
    if (await copyText(text)) this.#shell.toasts.show(notices.copied);
    else this.#shell.toasts.warn(notices.copyRefused);
  }

  #closeTab(): void {
    window.close();
    if (!window.closed) this.#shell.toasts.warn(texts().notices.closeRefused);
  }
}

/** Browsers let a page close its tab if the tab has shown nothing else. The page's headers hide its opener. */
function canCloseTab(): boolean {
  return window.parent === window && history.length === 1;
}
