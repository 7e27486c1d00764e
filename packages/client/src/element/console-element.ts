import type { Messages } from "../locales/types.ts";
import type { ConsoleOptions } from "../connection/model/options.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import type { ConsoleView, ElementKind } from "./kinds.ts";
import { ElementController } from "./element-controller.ts";
import type { ConsoleElement } from "./types.ts";

/**
 * Creates the class of an element. Each call creates a new class, because a class can be defined
 * under one name only. It is not created at import, because a server has no HTMLElement.
 */
export function consoleElementClass<Options extends ConsoleOptions, View extends ConsoleView>(
  kind: ElementKind<Options, View>,
): CustomElementConstructor {
  return class extends HTMLElement implements ConsoleElement<Options, View> {
    static readonly observedAttributes = ["lang", "url", "autoconnect", ...Object.keys(kind.attributes)];
    readonly #controller: ElementController<Options, View>;
    #authorize: Options["authorize"] | undefined;
    #renew: Options["renew"] | undefined;
    #options: Partial<Options> = {};
    #messages: Messages | undefined;

    constructor() {
      super();
      this.#controller = new ElementController(this, this.attachShadow({ mode: "open" }), kind);
      for (const name of ["authorize", "renew", "options", "messages"] as const) this.#adopt(name);
    }

    get authorize(): Options["authorize"] | undefined {
      return this.#authorize;
    }
    set authorize(value: Options["authorize"] | undefined) {
      this.#authorize = value;
      this.#connectSoon();
    }

    get renew(): Options["renew"] | undefined {
      return this.#renew;
    }
    set renew(value: Options["renew"] | undefined) {
      this.#renew = value;
    }

    get options(): Partial<Options> {
      return this.#options;
    }
    set options(value: Partial<Options>) {
      this.#options = value;
      this.#connectSoon();
    }

    get messages(): Messages | undefined {
      return this.#messages;
    }
    set messages(value: Messages | undefined) {
      this.#messages = value;
      if (this.isConnected) void this.#controller.loadMessages();
    }

    get state(): ConsoleState {
      return this.#controller.state;
    }

    get console(): View | null {
      return this.#controller.console ?? null;
    }

    connect(): Promise<void> {
      return this.#controller.open();
    }

    close(): Promise<void> {
      return this.#controller.close();
    }

    override focus(): void {
      this.#controller.focus();
    }

    connectedCallback(): void {
      void this.#controller.loadMessages();
      this.#connectSoon();
    }

    disconnectedCallback(): void {
      // Deferred: moving an element removes and inserts it, which must not end the session.
      queueMicrotask(() => {
        if (!this.isConnected) this.#controller.release();
      });
    }

    adoptedCallback(): void {
      this.#controller.adopted();
    }

    attributeChangedCallback(name: string): void {
      this.#controller.applyAttribute(name);
      if (name === "lang" && this.isConnected) void this.#controller.loadMessages();
      if (name === "url" || name === "autoconnect") this.#connectSoon();
    }

    /** Connects if `autoconnect` is set; in a microtask, after the page has set all properties. */
    #connectSoon(): void {
      queueMicrotask(() => {
        if (this.isConnected && this.hasAttribute("autoconnect")) this.#controller.openFirst();
      });
    }

    /** Adopts a property that was set before the element was defined. */
    #adopt(name: "authorize" | "renew" | "options" | "messages"): void {
      if (!Object.hasOwn(this, name)) return;
      const value: unknown = this[name];
      delete (this as Partial<Record<typeof name, unknown>>)[name];
      Object.assign(this, { [name]: value });
    }
  };
}
