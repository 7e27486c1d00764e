import type { TakeoverAnswer, TakeoverBy } from "../limits/takeover.ts";

/** Asks a user of this process: {@link SessionRegistry.askTakeover}. */
type Ask = (session: string, by: TakeoverBy, signal: AbortSignal) => Promise<TakeoverAnswer>;

/** In a worker: the questions to its sessions' users that the primary can still withdraw. */
export class TakeoverQuestions {
  readonly #ask: Ask;
  /** One at most for each session. */
  readonly #open = new Map<string, { readonly by: string; readonly withdrawn: AbortController }>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async ask(session: string, by: TakeoverBy): Promise<TakeoverAnswer> {
    if (this.#open.has(session)) return "asked";
    const withdrawn = new AbortController();
    this.#open.set(session, { by: by.session, withdrawn });
    try {
      return await this.#ask(session, by, withdrawn.signal);
    } finally {
      this.#open.delete(session);
    }
  }

  /** Withdraws the question to `session` that was asked because of `by`. */
  withdraw(session: string, by: string): void {
    const open = this.#open.get(session);
    if (open?.by === by) open.withdrawn.abort();
  }
}
