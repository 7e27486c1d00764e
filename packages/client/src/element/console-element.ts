import type { Messages } from "../locales/types.ts";
import type { ViewOptions } from "../views/view-options.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import type { ClipboardDirection } from "../views/clipboard-policy.ts";
import type { ConsoleView, ElementKind } from "./kinds.ts";
import { type AttributeType, type AttributeTypes, optionOf, setAttributeValue } from "./attributes.ts";
import { ElementController } from "./element-controller.ts";
import type { ConsoleElement } from "./types.ts";

/** The attributes that are not options of the console. */
const OWN_ATTRIBUTES: AttributeTypes = { url: "text", autoconnect: "flag" };

/**
 * Creates the class of an element. Each call creates a new class, because a class can be defined
 * under one name only. It is not created at import, because a server has no HTMLElement.
 */
export function consoleElementClass<Options extends ViewOptions, View extends ConsoleView>(
  kind: ElementKind<Options, View>,
): CustomElementConstructor {
  const attributes = { ...OWN_ATTRIBUTES, ...kind.attributes };
  return class ConsoleHtmlElement extends HTMLElement implements ConsoleElement<Options, View> {
    static readonly observedAttributes = ["lang", ...Object.keys(attributes)];

    static {
      for (const [attribute, type] of Object.entries(attributes)) this.#reflect(attribute, type);
    }

    /** Defines the property of an attribute. Objects, such as colors, are kept in the property only. */
    static #reflect(attribute: string, type: AttributeType): void {
      const name = optionOf(attribute);
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: ConsoleHtmlElement): unknown {
          return this.#controller.settingOf(attribute, type);
        },
        set(this: ConsoleHtmlElement, value: string | number | boolean | object | undefined | null): void {
          const object = typeof value === "object" ? (value ?? undefined) : undefined;
          this.#controller.keep(name, object);
          // A flag that is off is not there, unless `options` has it on.
          const isOff = value === false && this.#controller.optionOf(name) !== true;
          setAttributeValue(this, attribute, typeof value === "object" || isOff ? undefined : value);
          this.#controller.applyAttribute(attribute);
        },
      });
    }

    declare url: string | undefined;
    declare autoconnect: boolean;
    declare autoRenew: boolean;
    declare clipboard: ClipboardDirection;
    declare maxClipboardBytes: number | undefined;
    readonly #controller: ElementController<Options, View>;
    #authorize: Options["authorize"] | undefined;
    #renew: Options["renew"] | undefined;
    #options: Partial<Options> = {};
    #messages: Messages | undefined;

    constructor() {
      super();
      this.#controller = new ElementController(this, this.attachShadow({ mode: "open" }), kind);
      const names = Object.keys(attributes).map((attribute) => optionOf(attribute));
      for (const name of ["authorize", "renew", "options", "messages", ...names]) this.#adopt(name);
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
        if (this.isConnected && this.autoconnect) this.#controller.openFirst();
      });
    }

    /** Adopts a property that was set before the element was defined. */
    #adopt(name: string): void {
      if (!Object.hasOwn(this, name)) return;
      const own = this as unknown as Partial<Record<string, unknown>>;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  };
}
