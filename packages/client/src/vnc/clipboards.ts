/** What a {@link Clipboards} needs of its console. */
export interface ClipboardsOwner {
  /** Whether text can be put on the machine's clipboard now. */
  canSend(): boolean;
  send(text: string): void;
}

/** The clipboards of person and machine, through the asynchronous Clipboard API. */
export class Clipboards {
  readonly #owner: ClipboardsOwner;
  #machineText: string | null = null;
  /** What both have, as far as is known: not copied to and fro. */
  #shared: string | null = null;
  #watch: AbortController | null = null;

  constructor(owner: ClipboardsOwner) {
    this.#owner = owner;
  }

  /** From now on both are kept the same, until {@link forget}. `host` is what gets the keyboard. */
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

  /** Puts the machine's text on the person's clipboard. Resolves to false without one, or when the browser refuses. */
  async copy(): Promise<boolean> {
    const text = this.#machineText;
    if (text === null) return false;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return false;
    }
    if (this.#machineText === text) this.#shared = text;
    return true;
  }

  /** Puts the person's text on the machine's clipboard. Resolves to false without one, or when the browser refuses. */
  async paste(): Promise<boolean> {
    // The browser may ask the person: not in vain.
    if (!this.#owner.canSend()) return false;
    let text = "";
    try {
      text = await navigator.clipboard.readText();
    } catch {
      return false;
    }
    if (text === "" || !this.#owner.canSend()) return false;
    if (text !== this.#shared) this.#owner.send(text);
    this.#shared = text;
    return true;
  }

  /** The machine is gone, and what it had with it. */
  forget(): void {
    this.#watch?.abort();
    this.#watch = null;
    this.#machineText = null;
    this.#shared = null;
  }
}
