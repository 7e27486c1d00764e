/**
 * Knows whether the console has the keyboard, also in the moment after the element that had it was
 * removed, so that the keyboard can go to what takes its place.
 */
export class FocusWatch {
  readonly #screen: HTMLElement;
  #inside = false;

  constructor(screen: HTMLElement) {
    this.#screen = screen;
    screen.addEventListener("focusin", () => {
      this.#inside = true;
    });
    // Later: removing an element takes the focus away before the state says why.
    screen.addEventListener("focusout", () => setTimeout(() => this.#look()));
  }

  get inside(): boolean {
    return this.#inside;
  }

  /** The keyboard was given to something else. */
  clear(): void {
    this.#inside = false;
  }

  #look(): void {
    const root = this.#screen.getRootNode() as ShadowRoot;
    this.#inside = this.#screen.contains(root.activeElement);
  }
}
