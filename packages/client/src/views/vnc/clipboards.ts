/** The console of {@link Clipboards}. */
export interface ClipboardsOwner {
  /** Whether the machine's clipboard can be set now. */
  canSend(): boolean;
  /** Returns false if the machine's clipboard cannot take the text. */
  send(text: string): boolean;
}

/** Copies text between the clipboards of the browser (asynchronous Clipboard API) and the machine. */
export class Clipboards {
  readonly #owner: ClipboardsOwner;
  #machineText: string | undefined;
  /** The text that both have, as far as is known. It is not copied back and forth. */
  #shared: string | undefined;
  #watch: AbortController | undefined;

  constructor(owner: ClipboardsOwner) {
    this.#owner = owner;
  }

  /**
   * Keeps both clipboards the same until {@link forget}.
   *
   * @param host - the element that receives the keyboard focus
   */
  sync(host: HTMLElement): void {
    this.#watch?.abort();
    this.#watch = new AbortController();
    const { signal } = this.#watch;
    const offer = (): void => void this.paste();
    host.addEventListener("focusin", offer, { signal });
    const onReturn = (): void => {
      if (host.matches(":focus-within")) offer();
    };
    window.addEventListener("focus", onReturn, { signal });
  }

  /** The machine's clipboard changed. */
  changed(text: string): void {
    this.#machineText = text;
    if (this.#watch && text !== this.#shared) void this.copy();
  }

  /** Copies the machine's text to the browser. Resolves to false if there is none, or the browser refuses. */
  async copy(): Promise<boolean> {
    const text = this.#machineText;
    if (text === undefined) return false;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return false;
    }
    if (this.#machineText === text) this.#shared = text;
    return true;
  }

  /** Copies the browser's text to the machine. Resolves to false if there is none, or the browser refuses. */
  async paste(): Promise<boolean> {
    // The browser may ask the user for permission: only if the text can be sent.
    if (!this.#owner.canSend()) return false;
    let text = "";
    try {
      text = await navigator.clipboard.readText();
    } catch {
      return false;
    }
    if (text === "" || !this.#owner.canSend()) return false;
    if (text !== this.#shared && !this.#owner.send(text)) return false;
    this.#shared = text;
    return true;
  }

  /** Forgets both texts, because the connection ended. */
  forget(): void {
    this.#watch?.abort();
    this.#watch = undefined;
    this.#machineText = undefined;
    this.#shared = undefined;
  }
}
