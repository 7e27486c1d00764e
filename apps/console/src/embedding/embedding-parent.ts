import type { PageMessage, ParentMessage } from "./messages.ts";
import { parseParentMessage } from "./parse-message.ts";

/** What the page does when the page around it asks. */
export interface ParentWishes {
  readonly focus: () => void;
  /** It hands out tokens, which was not known before. */
  readonly canRenew: () => void;
  readonly renew: (token: string) => void;
  readonly close: () => void;
}

type Unversioned<M> = M extends unknown ? Omit<M, "curfew"> : never;

/** For so long (milliseconds) after a question, a token is taken for its answer. */
const answerWithin = 20_000;

/**
 * The page that shows this one in a frame. Messages go to the origins that the gateway's operator
 * listed, and only messages from those are heard.
 */
export class EmbeddingParent {
  readonly #origins: readonly string[];
  #tokenWanted: ((token: string) => void) | null = null;
  #canRenew = false;
  /** When it was asked for a token and has not answered yet, on the clock of `performance.now()`. */
  #askedAt: number | null = null;
  /** Until when a token is the answer to a question that was taken back. */
  #takenBackUntil = 0;

  private constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /**
   * The page around this one; null when there is none, or one of an origin that is not allowed.
   *
   * @param allowed origins besides the page's own
   */
  static find(allowed: readonly string[]): EmbeddingParent | null {
    if (window.parent === window) return null;
    const origins = [...new Set([location.origin, ...allowed])];
    // Not in every browser. Without it a message goes to each origin, and the browser delivers the one that fits.
    const actual = "ancestorOrigins" in location ? location.ancestorOrigins[0] : undefined;
    if (actual === undefined) return new EmbeddingParent(origins);
    return origins.includes(actual) ? new EmbeddingParent([actual]) : null;
  }

  /** Whether it hands out tokens: it said so, or it did. */
  get canRenew(): boolean {
    return this.#canRenew;
  }

  post(message: Unversioned<PageMessage>): void {
    for (const origin of this.#origins) window.parent.postMessage({ curfew: 1, ...message }, origin);
  }

  listen(wishes: ParentWishes): void {
    addEventListener("message", (event) => {
      const message = this.#hear(event);
      if (message?.type === "focus") wishes.focus();
      else if (message?.type === "close") wishes.close();
      else if (message?.type === "can-renew") {
        if (this.#canRenew) return;
        this.#canRenew = true;
        wishes.canRenew();
      } else if (message?.type === "renew") {
        this.#canRenew = true;
        const wanted = this.#tokenWanted;
        const isTakenBack = performance.now() < this.#takenBackUntil;
        this.#askedAt = null;
        this.#takenBackUntil = 0;
        if (wanted !== null) wanted(message.token);
        else if (!isTakenBack) wishes.renew(message.token);
      }
    });
  }

  /**
   * Asks for a token with `renew-wanted` and takes the one in the next `renew`.
   *
   * @throws the reason of `signal`
   */
  async requestToken(signal: AbortSignal): Promise<string> {
    const answered = new AbortController();
    this.#askedAt = performance.now();
    try {
      return await new Promise((resolve, reject) => {
        const giveUp = (): void => {
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", giveUp, { signal: answered.signal });
        this.#tokenWanted = resolve;
        this.post({ type: "renew-wanted" });
      });
    } finally {
      answered.abort();
      this.#tokenWanted = null;
    }
  }

  /** The person left: an answer that is still to come opens nothing. */
  takeBackQuestion(): void {
    if (this.#askedAt !== null) this.#takenBackUntil = this.#askedAt + answerWithin;
  }

  #hear({ source, origin, data }: MessageEvent<unknown>): ParentMessage | null {
    if (source !== window.parent || !this.#origins.includes(origin)) return null;
    try {
      return parseParentMessage(data);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // For whoever writes that page.
      // oxlint-disable-next-line no-console
      console.warn(`The console page did not understand a message from ${origin}: ${problem}`);
      return null;
    }
  }
}
