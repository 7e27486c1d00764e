import { ConsoleError, StopRetrying } from "../connection/model/errors.ts";
import type { ViewOptions } from "../views/view-options.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import type { Messages } from "../locales/types.ts";
import { ExpiryWarning } from "../ui/expiry-warning.ts";
import { reportError } from "../util/report-error.ts";
import { type AttributeType, attributeValue, optionOf, optionsIn } from "./attributes.ts";
import { followView } from "./follow-view.ts";
import { coverTop, type ConsoleView, type ElementKind } from "./kinds.ts";
import { messagesForElement } from "./page-language.ts";
import { Shell } from "./shell.ts";
import type { ConsoleElement } from "./types.ts";

const IDLE: ConsoleState = { status: "idle" };

/** Controls an element's console and what the shell shows of it. */
export class ElementController<Options extends ViewOptions, View extends ConsoleView> {
  readonly #element: ConsoleElement<Options, View>;
  readonly #kind: ElementKind<Options, View>;
  readonly #shell: Shell;
  #console: View | undefined;
  #warning: ExpiryWarning | undefined;
  #listening = new AbortController();
  #messages: Messages | undefined;
  readonly #kept = new Map<string, object>();
  /** The newest request for messages. */
  #messagesRequest: Promise<Messages> | undefined;

  constructor(element: ConsoleElement<Options, View>, root: ShadowRoot, kind: ElementKind<Options, View>) {
    this.#element = element;
    this.#kind = kind;
    this.#shell = new Shell(root, kind.type, {
      open: () => this.#tryToOpen(),
      close: () => void this.close(),
      renew: () => this.#renew(),
      hideWarning: () => this.#warning?.hide(),
      answerTakeover: (allow) => void this.#console?.connection.answerTakeover(allow),
      focusConsole: () => this.#console?.focus(),
      cover: (top) => coverTop(this.#console, top),
    });
  }

  /** The button of the warning. */
  #renew(): void {
    const connection = this.#console?.connection;
    if (this.#warning?.phase === "inactive") connection?.stillHere();
    else connection?.renew().catch(() => {});
  }

  get console(): View | undefined {
    return this.#console;
  }

  get state(): ConsoleState {
    return this.#console?.connection.state ?? IDLE;
  }

  /** Opens the console, or waits until it is open. */
  async open(): Promise<void> {
    if (!this.#element.isConnected) throw new ConsoleError("not_connected", "the element is not in a page");
    if (!this.#console || this.state.status === "closed") this.#create();
    await this.#console?.connect();
  }

  /** Opens the console if none is open yet and the element knows where to connect. */
  openFirst(): void {
    if (!this.#console && (this.#canAuthorize || this.#element.hasAttribute("url"))) this.#tryToOpen();
  }

  async close(): Promise<void> {
    await this.#console?.close();
  }

  focus(): void {
    this.#shell.focus();
  }

  /** The element was moved into another document. */
  adopted(): void {
    this.#shell.adoptStyles();
  }

  /** Ends the session and forgets it, because the element was removed. */
  release(): void {
    void this.#console?.close();
    this.#listening.abort();
    this.#console = undefined;
    this.#warning = undefined;
    this.#shell.stop();
    this.render();
  }

  /** Loads the messages in the element's language. The element shows nothing before. */
  async loadMessages(): Promise<void> {
    const request = (this.#messagesRequest = Promise.resolve(
      this.#element.messages ?? messagesForElement(this.#element),
    ));
    try {
      const messages = await request;
      if (this.#messagesRequest !== request) return;
      this.#messages = messages;
      this.render();
    } catch (error) {
      reportError(error); // The console works without messages.
    }
  }

  /** Keeps a setting that no attribute can hold; undefined forgets it. */
  keep(option: string, value: object | undefined): void {
    if (value === undefined) this.#kept.delete(option);
    else this.#kept.set(option, value);
  }

  /** What the element's property `options` has for an option. */
  optionOf(option: string): unknown {
    return this.#element.options[option as keyof Options];
  }

  /** What a setting is now: of the open console, or for the next one. */
  settingOf(attribute: string, type: AttributeType): unknown {
    const option = optionOf(attribute);
    const inConsole: unknown = this.#console?.[option as keyof View];
    return inConsole ?? this.#valueOf(attribute, type) ?? (type === "flag" ? false : undefined);
  }

  /** Applies a changed attribute to the open console. A setting without attribute returns to the option or the default. */
  applyAttribute(name: string): void {
    const type = this.#kind.attributes[name];
    const option = optionOf(name);
    if (!type || !this.#console || !(option in this.#console)) return;
    Object.assign(this.#console, { [option]: this.#valueOf(name, type) });
  }

  #valueOf(attribute: string, type: AttributeType): unknown {
    const option = optionOf(attribute);
    return (
      attributeValue(this.#element, attribute, type) ??
      this.#kept.get(option) ??
      this.optionOf(option) ??
      this.#kind.defaults[option]
    );
  }

  render(): void {
    const { state } = this;
    const phase = this.#warning?.phase ?? state.status;
    this.#element.setAttribute("status", phase);
    if (!this.#messages) return;
    this.#shell.show({
      state,
      phase,
      warning: this.#warning,
      canAuthorize: this.#canAuthorize,
      messages: this.#messages,
      leaveKeys: this.#element.options.leaveKeys,
    });
  }

  get #canAuthorize(): boolean {
    return (this.#element.authorize ?? this.#element.options.authorize) !== undefined;
  }

  #tryToOpen(): void {
    this.open().catch((error: unknown) => {
      // The state tells how a connection ended; other errors are about an attribute or an option.
      if (!(error instanceof ConsoleError)) reportError(error);
    });
  }

  #create(): void {
    const options = this.#options();
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#console = this.#kind.create(this.#shell.screen, options);
    this.#listen(this.#console, options.autoRenew ?? false);
  }

  #options(): Options {
    const element = this.#element;
    const { renew } = element;
    const options: Partial<Options> = {
      ...element.options,
      ...(Object.fromEntries(this.#kept) as Partial<Options>),
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

  #listen(view: View, autoRenew: boolean): void {
    const { connection } = view;
    const { signal } = this.#listening;
    // Listens first, so that the element shows an event before it dispatches it.
    this.#warning = new ExpiryWarning(connection, {
      autoRenew,
      canRenew: () => (this.#element.renew ?? this.#element.options.renew) !== undefined,
      onChange: () => this.render(),
      signal,
    });
    followView(view, this.#shell, signal);
    for (const type of this.#kind.events) {
      view.on(type as never, (detail: unknown) => this.#dispatch(`curfew-${type}`, detail), { signal });
    }
  }

  #dispatch(type: string, detail: unknown): void {
    this.#element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
