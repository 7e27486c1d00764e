/** The part of the Keyboard Lock API that is used. Not every browser has it. */
interface Keyboard {
  lock(): Promise<void>;
  unlock(): void;
}

/**
 * Shows an element in full screen. In browsers with the Keyboard Lock API, the element then also
 * receives keys that the browser otherwise keeps (Alt+Tab, Ctrl+W, Escape); holding Escape leaves.
 */
export class FullScreen {
  readonly #element: HTMLElement;
  #leaving: AbortController | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Whether the element is in full screen. */
  get active(): boolean {
    const root = this.#element.getRootNode();
    return (root instanceof Document || root instanceof ShadowRoot) && root.fullscreenElement === this.#element;
  }

  /**
   * Enters full screen. Call it only in a click or key handler.
   *
   * @returns rejects with the browser's TypeError if the browser refuses.
   */
  async enter(): Promise<void> {
    await this.#element.requestFullscreen({ navigationUI: "hide" });
    const keyboard = (navigator as Navigator & { readonly keyboard?: Keyboard }).keyboard;
    if (!keyboard) return;
    this.#leaving?.abort();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const onChange = (): void => {
      if (this.active) return;
      keyboard.unlock();
      this.#leaving?.abort();
    };
    document.addEventListener("fullscreenchange", onChange, { signal });
    // Browsers refuse it in an iframe. Full screen works without it.
    await keyboard.lock().catch(() => {});
  }

  /** Leaves full screen; has no effect while the element is not in full screen. */
  async exit(): Promise<void> {
    if (this.active) await document.exitFullscreen();
  }
}
