/**
 * Tells whether the console has the keyboard focus, also right after the focused element was removed,
 * so that the focus can move to what replaces it.
 */
export class FocusWatch {
  readonly #screen: HTMLElement;
  #inside = false;

  constructor(screen: HTMLElement) {
    this.#screen = screen;
    screen.addEventListener("focusin", () => {
      this.#inside = true;
    });
    // Deferred: removing an element takes the focus away before the state changes.
    screen.addEventListener("focusout", () => setTimeout(() => this.#update()));
  }

  get inside(): boolean {
    return this.#inside;
  }

  /** The focus was moved somewhere else. */
  clear(): void {
    this.#inside = false;
  }

  #update(): void {
    const root = this.#screen.getRootNode() as Document | ShadowRoot;
    this.#inside = this.#screen.contains(root.activeElement);
  }
}
