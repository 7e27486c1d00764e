import type { Messages } from "../messages/types.ts";
import type { ConsoleOptions } from "../options.ts";
import type { ConsoleState } from "../state.ts";
import type { AnyConsole, ElementKind } from "./kinds.ts";
import { ElementSession } from "./session.ts";
import type { ConsoleElement } from "./types.ts";

/**
 * Makes the class of an element. A class of its own for each call, because a class can be defined
 * under one name only; and not at import, because a server has no HTMLElement.
 */
export function consoleElementClass<Options extends ConsoleOptions, View extends AnyConsole>(
  kind: ElementKind<Options, View>,
): CustomElementConstructor {
  return class extends HTMLElement implements ConsoleElement<Options, View> {
    static readonly observedAttributes = ["lang", "url", "autoconnect", ...Object.keys(kind.attributes)];
    readonly #session: ElementSession<Options, View>;
    #authorize: Options["authorize"] | undefined;
    #renew: Options["renew"] | undefined;
    #options: Partial<Options> = {};
    #messages: Messages | undefined;

    constructor() {
      super();
      this.#session = new ElementSession(this, this.attachShadow({ mode: "open" }), kind);
      for (const name of ["authorize", "renew", "options", "messages"] as const) this.#adopt(name);
    }

    get authorize(): Options["authorize"] | undefined {
      return this.#authorize;
    }
    set authorize(value: Options["authorize"] | undefined) {
      this.#authorize = value;
      this.#settle();
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
      this.#settle();
    }

    get messages(): Messages | undefined {
      return this.#messages;
    }
    set messages(value: Messages | undefined) {
      this.#messages = value;
      if (this.isConnected) void this.#session.speak();
    }

    get state(): ConsoleState {
      return this.#session.state;
    }

    get console(): View | null {
      return this.#session.console;
    }

    connect(): Promise<void> {
      return this.#session.open();
    }

    close(): Promise<void> {
      return this.#session.close();
    }

    override focus(): void {
      this.#session.focus();
    }

    connectedCallback(): void {
      void this.#session.speak();
      this.#settle();
    }

    disconnectedCallback(): void {
      // Later: moving an element takes it out and puts it in again, and that is no reason to end a session.
      queueMicrotask(() => {
        if (!this.isConnected) this.#session.release();
      });
    }

    attributeChangedCallback(name: string): void {
      this.#session.follow(name);
      if (name === "lang" && this.isConnected) void this.#session.speak();
      if (name === "url" || name === "autoconnect") this.#settle();
    }

    /** In a microtask, when everything that is set together is set: connects where that is wanted and possible. */
    #settle(): void {
      queueMicrotask(() => {
        if (this.isConnected && this.hasAttribute("autoconnect")) this.#session.openFirst();
      });
    }

    /** Takes over a property that was set before the element was defined. */
    #adopt(name: "authorize" | "renew" | "options" | "messages"): void {
      if (!Object.hasOwn(this, name)) return;
      const value: unknown = this[name];
      delete (this as Partial<Record<typeof name, unknown>>)[name];
      Object.assign(this, { [name]: value });
    }
  };
}
