type PageEvent = "online" | "offline" | "visible" | "hidden";

/** Watches the network and the page's visibility while a console is open. Does nothing without a page. */
export class PageWatch {
  readonly #onPage: (type: PageEvent) => void;
  readonly #onAbort: () => void;
  readonly #signal: AbortSignal | undefined;
  #stop: AbortController | undefined;

  /**
   * @param onPage - called with each change
   * @param onAbort - called when `signal` is aborted
   */
  constructor(onPage: (type: PageEvent) => void, onAbort: () => void, signal: AbortSignal | undefined) {
    this.#onPage = onPage;
    this.#onAbort = onAbort;
    this.#signal = signal;
  }

  get hidden(): boolean {
    return globalThis.document?.visibilityState === "hidden";
  }

  start(): void {
    this.stop();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#signal?.addEventListener("abort", this.#onAbort, { signal });
    globalThis.window?.addEventListener("online", () => this.#onPage("online"), { signal });
    globalThis.window?.addEventListener("offline", () => this.#onPage("offline"), { signal });
    const onVisibility = (): void => this.#onPage(this.hidden ? "hidden" : "visible");
    globalThis.document?.addEventListener("visibilitychange", onVisibility, { signal });
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }
}
