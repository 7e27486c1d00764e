import type { PageMessage, ParentMessage } from "./messages.ts";
import { parseParentMessage } from "./parse-message.ts";

/** What the page does when the embedding page asks for it. */
export interface ParentListeners {
  readonly focus: () => void;
  /** The embedding page hands out tokens. Called once. */
  readonly canRenew: () => void;
  readonly renew: (token: string) => void;
  readonly close: () => void;
}

type Unversioned<M> = M extends unknown ? Omit<M, "curfew"> : never;

/** A token that arrives within this time after a request counts as its answer. */
const ANSWER_WITHIN_MS = 20_000;

/**
 * The page that embeds this one. Messages are sent to, and accepted from, only the origins that the gateway's operator
 * has listed.
 */
export class EmbeddingParent {
  readonly #origins: readonly string[];
  /** Resolves the pending token request. */
  #onToken: ((token: string) => void) | undefined;
  #canRenew = false;
  /** When the unanswered token request was made, as `performance.now()`. */
  #requestedAt: number | undefined;
  /** Until when a token counts as the answer to a withdrawn request, as `performance.now()`. */
  #withdrawnUntil = 0;

  private constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /**
   * The embedding page; undefined when there is none, or when its origin is not allowed.
   *
   * @param allowed - origins besides the page's own
   */
  static find(allowed: readonly string[]): EmbeddingParent | undefined {
    if (window.parent === window) return undefined;
    const origins = [...new Set([location.origin, ...allowed])];
    // Not in every browser. Without it, a message is sent to each origin, and the browser delivers the one that matches.
    const actual = "ancestorOrigins" in location ? location.ancestorOrigins[0] : undefined;
    if (actual === undefined) return new EmbeddingParent(origins);
    return origins.includes(actual) ? new EmbeddingParent([actual]) : undefined;
  }

  /** Whether the embedding page hands out tokens: it has announced that, or has already sent one. */
  get canRenew(): boolean {
    return this.#canRenew;
  }

  post(message: Unversioned<PageMessage>): void {
    for (const origin of this.#origins) window.parent.postMessage({ curfew: 1, ...message }, origin);
  }

  listen(listeners: ParentListeners): void {
    addEventListener("message", (event) => {
      const message = this.#read(event);
      if (message?.type === "focus") listeners.focus();
      else if (message?.type === "close") listeners.close();
      else if (message?.type === "can-renew") {
        if (this.#canRenew) return;
        this.#canRenew = true;
        listeners.canRenew();
      } else if (message?.type === "renew") {
        this.#canRenew = true;
        const onToken = this.#onToken;
        const isWithdrawn = performance.now() < this.#withdrawnUntil;
        this.#requestedAt = undefined;
        this.#withdrawnUntil = 0;
        if (onToken !== undefined) onToken(message.token);
        else if (!isWithdrawn) listeners.renew(message.token);
      }
    });
  }

  /**
   * Requests a token with `renew-wanted` and resolves to the one in the next `renew`.
   *
   * @throws the reason of `signal`
   */
  async requestToken(signal: AbortSignal): Promise<string> {
    const answered = new AbortController();
    this.#requestedAt = performance.now();
    try {
      return await new Promise((resolve, reject) => {
        const giveUp = (): void => {
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", giveUp, { signal: answered.signal });
        this.#onToken = resolve;
        this.post({ type: "renew-wanted" });
      });
    } finally {
      answered.abort();
      this.#onToken = undefined;
    }
  }

  /** The user has canceled: a token that still arrives as the answer opens nothing. */
  withdrawRequest(): void {
    if (this.#requestedAt !== undefined) this.#withdrawnUntil = this.#requestedAt + ANSWER_WITHIN_MS;
  }

  #read({ source, origin, data }: MessageEvent<unknown>): ParentMessage | undefined {
    if (source !== window.parent || !this.#origins.includes(origin)) return undefined;
    try {
      return parseParentMessage(data);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // For the developer of that page.
      // oxlint-disable-next-line no-console
      console.warn(`The console page did not understand a message from ${origin}: ${problem}`);
      return undefined;
    }
  }
}
