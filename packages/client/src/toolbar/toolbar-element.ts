import type { ToolbarTexts } from "./locales/types.ts";
import { ToolbarController } from "./toolbar-controller.ts";
import type { CurfewToolbarElement, ToolbarTarget } from "./types.ts";

/** Not created at import, because a server has no HTMLElement. */
function toolbarElementClass(): CustomElementConstructor {
  return class ToolbarHtmlElement extends HTMLElement implements CurfewToolbarElement {
    static readonly observedAttributes = ["for", "lang"];

    readonly #controller = new ToolbarController(this, this.attachShadow({ mode: "open" }));
    #target: ToolbarTarget | null = null;
    #texts: ToolbarTexts | undefined;

    constructor() {
      super();
      for (const name of ["htmlFor", "target", "texts"] as const) this.#adopt(name);
    }

    get htmlFor(): string {
      return this.getAttribute("for") ?? "";
    }
    set htmlFor(value: string) {
      this.setAttribute("for", value);
    }

    get target(): ToolbarTarget | null {
      return this.#target;
    }
    set target(value: ToolbarTarget | null) {
      this.#target = value;
      if (this.isConnected) this.#controller.follow();
    }

    get texts(): ToolbarTexts | undefined {
      return this.#texts;
    }
    set texts(value: ToolbarTexts | undefined) {
      this.#texts = value;
      if (this.isConnected) void this.#controller.loadTexts();
    }

    override focus(): void {
      this.#controller.focus();
    }

    connectedCallback(): void {
      void this.#controller.loadTexts();
      this.#controller.follow();
    }

    disconnectedCallback(): void {
      this.#controller.release();
    }

    attributeChangedCallback(name: string): void {
      if (!this.isConnected) return;
      if (name === "lang") void this.#controller.loadTexts();
      else this.#controller.follow();
    }

    /** Adopts a property that was set before the element was defined. */
    #adopt(name: "htmlFor" | "target" | "texts"): void {
      if (!Object.hasOwn(this, name)) return;
      const own = this as unknown as Partial<Record<string, unknown>>;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  };
}

/**
 * Defines `<curfew-toolbar>`, or the same element under another name. A name that is already defined is left alone, so
 * it can be called again. Has no effect on a server.
 *
 * @param name - must contain a hyphen
 * @throws DOMException `SyntaxError` for an invalid element name.
 */
export function defineToolbarElement(name = "curfew-toolbar"): void {
  if (typeof customElements === "undefined") return;
  if (!customElements.get(name)) customElements.define(name, toolbarElementClass());
}
