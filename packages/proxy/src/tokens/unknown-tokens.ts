/** How long an unknown token is remembered, in milliseconds. */
const REMEMBER_MS = 1000;

/** How many are remembered; the oldest are dropped first. */
const MAX_REMEMBERED = 10_000;

/** Test seams of {@link UnknownTokens}. */
export interface UnknownTokensOptions {
  /** @defaultValue 10,000 */
  readonly max?: number;
  /** Milliseconds from an arbitrary start. @defaultValue the monotonic clock */
  readonly now?: () => number;
}

/** Lookups that were answered with "unknown" a moment ago. They are named by digest, so that no token is kept. */
export class UnknownTokens {
  readonly #max: number;
  readonly #now: () => number;
  /** When each is forgotten, in this order. */
  readonly #until = new Map<string, number>();

  constructor({ max = MAX_REMEMBERED, now = () => performance.now() }: UnknownTokensOptions = {}) {
    this.#max = max;
    this.#now = now;
  }

  get size(): number {
    return this.#until.size;
  }

  has(key: string): boolean {
    return (this.#until.get(key) ?? 0) > this.#now();
  }

  add(key: string): void {
    this.#until.delete(key);
    this.#until.set(key, this.#now() + REMEMBER_MS);
    for (const [oldest, until] of this.#until) {
      if (this.#until.size <= this.#max && until > this.#now()) break;
      this.#until.delete(oldest);
    }
  }
}
