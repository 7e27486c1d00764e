type PageEvent = "online" | "offline" | "visible" | "hidden";

/** Listens to the browser while a console is open; does nothing where there is no page. */
export class PageWatch {
  readonly #onPage: (type: PageEvent) => void;
  readonly #onAbort: () => void;
  readonly #signal: AbortSignal | undefined;
  #stop: AbortController | null = null;

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
    const visibility = (): void => this.#onPage(this.hidden ? "hidden" : "visible");
    globalThis.document?.addEventListener("visibilitychange", visibility, { signal });
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
  }
}
