/** The part of the Keyboard Lock API that browsers have where they have it. */
interface Keyboard {
  lock(): Promise<void>;
  unlock(): void;
}

/**
 * An element in full screen. Where the browser has the Keyboard Lock API, keys that it would keep
 * for itself (Alt+Tab, Ctrl+W, Escape) go to the element meanwhile; holding Escape leaves.
 */
export class FullScreen {
  readonly #element: HTMLElement;
  #leaving: AbortController | null = null;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Only after a person's click or key. Rejects with the browser's TypeError where it refuses. */
  async enter(): Promise<void> {
    await this.#element.requestFullscreen({ navigationUI: "hide" });
    const keyboard = (navigator as Navigator & { readonly keyboard?: Keyboard }).keyboard;
    if (!keyboard) return;
    this.#leaving?.abort();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const onChange = (): void => {
      if (this.#isOn) return;
      keyboard.unlock();
      this.#leaving?.abort();
    };
    document.addEventListener("fullscreenchange", onChange, { signal });
    // Refused in every frame; full screen works without it.
    await keyboard.lock().catch(() => {});
  }

  /** Does nothing when the element is not in full screen. */
  async exit(): Promise<void> {
    if (this.#isOn) await document.exitFullscreen();
  }

  get #isOn(): boolean {
    const root = this.#element.getRootNode();
    return (root instanceof Document || root instanceof ShadowRoot) && root.fullscreenElement === this.#element;
  }
}
