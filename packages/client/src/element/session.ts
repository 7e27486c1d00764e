import { ConsoleError, StopRetrying } from "../errors.ts";
import { english } from "../messages/en.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleOptions } from "../options.ts";
import { report } from "../report.ts";
import type { ConsoleState } from "../state.ts";
import { attributeValue, optionsOf } from "./attributes.ts";
import { Frame } from "./frame.ts";
import type { AnyConsole, ElementKind } from "./kinds.ts";
import { wordsFor } from "./language.ts";
import { phaseOf } from "./phase.ts";
import type { ConsoleElement, ConsoleElementEventMap } from "./types.ts";
import type { Outlook } from "./warning-bar.ts";
import { xtermStyles } from "./xterm-styles.ts";

/** How long the bar says that the session was renewed. */
const RENEWED_SHOWN_MS = 5000;

const idle: ConsoleState = { status: "idle" };

/** The part of an element that is no element: its console from opening to end, and what the frame shows of it. */
export class ElementSession<Options extends ConsoleOptions, View extends AnyConsole> {
  readonly #element: ConsoleElement<Options, View>;
  readonly #kind: ElementKind<Options, View>;
  readonly #root: ShadowRoot;
  readonly #frame: Frame;
  #console: View | null = null;
  #listening = new AbortController();
  #words: Messages | null = null;
  #xtermSheet: CSSStyleSheet | null = null;
  #renewal: "done" | "failed" | null = null;
  #renewedTimer: ReturnType<typeof setTimeout> | undefined;
  #warnedMs = 0;
  #autoRenew = false;

  constructor(element: ConsoleElement<Options, View>, root: ShadowRoot, kind: ElementKind<Options, View>) {
    this.#element = element;
    this.#kind = kind;
    this.#root = root;
    this.#frame = new Frame(root, kind.name, {
      open: () => this.#tryToOpen(),
      close: () => void this.close(),
      renew: () => void this.#console?.connection.renew().catch(() => {}),
      focusConsole: () => this.#console?.focus(),
    });
  }

  get console(): View | null {
    return this.#console;
  }

  get state(): ConsoleState {
    return this.#console?.connection.state ?? idle;
  }

  /** Whether it is known where to connect. */
  get canOpen(): boolean {
    return this.#canAuthorize || this.#element.hasAttribute("url");
  }

  async open(): Promise<void> {
    if (!this.#element.isConnected) throw new ConsoleError("not_connected", "the element is not in a page");
    if (!this.#console || this.state.status === "closed") this.#create();
    await this.#console?.connect();
  }

  /** Opens the console if nothing is open yet; a failure to do so is told in the element or reported. */
  openFirst(): void {
    if (!this.#console && this.canOpen) this.#tryToOpen();
  }

  async close(): Promise<void> {
    await this.#console?.close();
  }

  focus(): void {
    this.#frame.focus();
  }

  /** Ends the session with nobody there to see it, and forgets it. */
  release(): void {
    void this.#console?.close();
    this.#listening.abort();
    this.#console = null;
    this.#frame.stop();
    clearTimeout(this.#renewedTimer);
    this.render();
  }

  /** Takes the words for the element's language; the element shows nothing before it has them. */
  async speak(): Promise<void> {
    const given = this.#element.messages;
    this.#words = given ?? (await wordsFor(this.#element).catch(() => english));
    this.render();
  }

  /** An attribute changed: the open console follows. One that is taken away leaves the console as it is, but for flags. */
  follow(name: string): void {
    const attribute = this.#kind.attributes[name];
    if (!attribute?.live || !this.#console || this.state.status === "closed") return;
    const value =
      attributeValue(this.#element, name, attribute.type) ?? (attribute.type === "flag" ? false : undefined);
    if (value !== undefined) Object.assign(this.#console, { [attribute.option]: value });
  }

  render(): void {
    const { state } = this;
    const phase = phaseOf(state, { autoRenew: this.#autoRenew, renewal: this.#renewal });
    this.#element.setAttribute("status", phase);
    if (!this.#words) return;
    this.#frame.show({
      state,
      phase,
      outlook: this.#outlook(state),
      warnedMs: this.#warnedMs,
      canAuthorize: this.#canAuthorize,
      words: this.#words,
    });
  }

  get #canAuthorize(): boolean {
    return (this.#element.authorize ?? this.#element.options.authorize) !== undefined;
  }

  #tryToOpen(): void {
    this.open().catch((error: unknown) => {
      // How a connection ended is told by its state; this is about an attribute or an option.
      if (!(error instanceof ConsoleError)) report(error);
    });
  }

  #create(): void {
    const options = this.#options();
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#autoRenew = options.autoRenew ?? false;
    if (this.#kind.usesXterm) this.#adoptXtermStyles();
    this.#console = this.#kind.create(this.#frame.screen, options);
    this.#listen(this.#console);
  }

  #options(): Options {
    const element = this.#element;
    const { renew } = element;
    const options: Partial<Options> = {
      ...element.options,
      ...(optionsOf(element, this.#kind.attributes) as Partial<Options>),
      authorize: (context: Parameters<Options["authorize"]>[0]) => {
        const authorize = element.authorize ?? element.options.authorize;
        if (authorize) return authorize(context);
        const url = element.getAttribute("url");
        if (url === null) throw new StopRetrying("neither the property authorize nor the attribute url is set");
        return { url };
      },
    };
    if (renew) options.renew = (context) => (element.renew ?? renew)(context);
    return options as Options;
  }

  #listen({ connection }: View): void {
    const { signal } = this.#listening;
    connection.on(
      "state",
      (state) => {
        if (state.status !== "connected") {
          this.#renewal = null;
          this.#warnedMs = 0;
        }
        this.render();
        this.#dispatch("curfew-state", state);
      },
      { signal },
    );
    connection.on(
      "expiring",
      (event) => {
        if (this.#renewal === "done" || this.#warnedMs < event.expiresInMs) this.#warnedMs = event.expiresInMs;
        this.#renewal = null;
        this.#frame.warn();
        this.render();
        this.#dispatch("curfew-expiring", event);
      },
      { signal },
    );
    connection.on(
      "renewed",
      (event) => {
        this.#settleRenewal("done");
        this.#dispatch("curfew-renewed", event);
      },
      { signal },
    );
    connection.on("renewfailed", () => this.#settleRenewal("failed"), { signal });
    connection.on("closed", (info) => this.#dispatch("curfew-closed", info), { signal });
  }

  #settleRenewal(result: "done" | "failed"): void {
    clearTimeout(this.#renewedTimer);
    this.#renewal = result;
    this.#warnedMs = result === "done" ? 0 : this.#warnedMs;
    this.render();
    if (result === "failed") return;
    this.#renewedTimer = setTimeout(() => {
      if (this.#renewal !== "done") return;
      this.#renewal = null;
      this.render();
    }, RENEWED_SHOWN_MS);
  }

  #outlook(state: ConsoleState): Outlook {
    if (state.status === "connected" && state.session && !state.session.renewable) return "notRenewable";
    return (this.#element.renew ?? this.#element.options.renew) ? "renewable" : "needsNewAccess";
  }

  #adoptXtermStyles(): void {
    this.#xtermSheet ??= xtermStyles(this.#element);
    const sheets = this.#root.adoptedStyleSheets;
    if (this.#xtermSheet && !sheets.includes(this.#xtermSheet))
      this.#root.adoptedStyleSheets = [this.#xtermSheet, ...sheets];
  }

  #dispatch<Type extends keyof ConsoleElementEventMap>(
    type: Type,
    detail: ConsoleElementEventMap[Type]["detail"],
  ): void {
    this.#element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
