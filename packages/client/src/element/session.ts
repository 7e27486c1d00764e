import { ConsoleError, StopRetrying } from "../errors.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleOptions } from "../options.ts";
import { report } from "../report.ts";
import type { ConsoleEvents, ConsoleState } from "../state.ts";
import { attributeValue, optionOf, optionsIn } from "./attributes.ts";
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
  /** The words that were asked for last. */
  #speech: Promise<Messages> | null = null;
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
    const speech = (this.#speech = Promise.resolve(this.#element.messages ?? wordsFor(this.#element)));
    try {
      const words = await speech;
      if (this.#speech !== speech) return;
      this.#words = words;
      this.render();
    } catch (error) {
      report(error); // The console works without them.
    }
  }

  /** An attribute changed: the open console follows. Without the attribute flags are off, and the rest stays. */
  follow(name: string): void {
    const type = this.#kind.attributes[name];
    const option = optionOf(name);
    if (!type || !this.#console || !(option in this.#console)) return;
    const value = attributeValue(this.#element, name, type) ?? (type === "flag" ? false : undefined);
    if (value !== undefined) Object.assign(this.#console, { [option]: value });
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
      ...(optionsIn(element, this.#kind.attributes) as Partial<Options>),
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
    const on = <Type extends keyof ConsoleEvents>(type: Type, act: (event: ConsoleEvents[Type]) => void): void =>
      void connection.on(type, act, { signal: this.#listening.signal });
    on("state", (state) => {
      if (state.status !== "connected") {
        this.#renewal = null;
        this.#warnedMs = 0;
        this.#frame.warn();
      }
      this.render();
      this.#dispatch("curfew-state", state);
    });
    on("expiring", (event) => {
      this.#warnedMs = Math.max(this.#warnedMs, event.expiresInMs);
      this.#renewal = null;
      this.#frame.warn();
      this.render();
      this.#dispatch("curfew-expiring", event);
    });
    on("renewed", (event) => {
      this.#settleRenewal("done");
      this.#dispatch("curfew-renewed", event);
    });
    on("renewfailed", () => this.#settleRenewal("failed"));
    on("closed", (info) => this.#dispatch("curfew-closed", info));
  }

  #settleRenewal(result: "done" | "failed"): void {
    clearTimeout(this.#renewedTimer);
    this.#renewal = result;
    this.#frame.warn();
    if (result === "done") this.#warnedMs = 0;
    this.render();
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

  /** Once, and again at the next opening if the page did not have them yet. */
  #adoptXtermStyles(): void {
    const sheets = this.#root.adoptedStyleSheets;
    const xterm = sheets.length > 1 ? null : xtermStyles(this.#element);
    if (xterm) this.#root.adoptedStyleSheets = [xterm, ...sheets];
  }

  #dispatch<Type extends keyof ConsoleElementEventMap>(
    type: Type,
    detail: ConsoleElementEventMap[Type]["detail"],
  ): void {
    this.#element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
