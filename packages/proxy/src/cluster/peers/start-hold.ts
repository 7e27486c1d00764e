import type { TokenRecord } from "../../tokens/store.ts";
import type { PeerLink } from "./peer-link.ts";

/**
 * How long after its start a gateway waits for its peers, in milliseconds: one that was asked to revoke some of its tokens
 * while it was away may be starting, too.
 */
export const HOLD_MS = 10_000;

/** What a {@link StartHold} is made with. */
export interface StartHoldOptions {
  /** The peers, less those that are none. */
  readonly links: () => readonly Pick<PeerLink, "name" | "lastContact">[];
  /** @defaultValue {@link HOLD_MS} */
  readonly holdMs?: number | undefined;
}

/** Keeps tokens from before the start of this gateway from opening anything until each peer was heard, or for a while. */
export class StartHold {
  readonly #options: StartHoldOptions;
  readonly #since: number = Date.now();
  readonly #startedAt: number = performance.now();

  constructor(options: StartHoldOptions) {
    this.#options = options;
  }

  /** Whether all tokens may open sessions. */
  get isOver(): boolean {
    return this.#silent === undefined;
  }

  /** @throws Error while it is not known of a token of this gateway whether a peer was asked to revoke it. */
  check({ createdAt }: Pick<TokenRecord, "createdAt">): void {
    const silent = createdAt >= this.#since ? undefined : this.#silent;
    if (silent !== undefined) throw new Error(`gateway ${silent.name} was not heard since this one has started`);
  }

  get #silent(): Pick<PeerLink, "name"> | undefined {
    const { links, holdMs = HOLD_MS } = this.#options;
    if (performance.now() >= this.#startedAt + holdMs) return undefined;
    return links().find(({ lastContact }) => lastContact === -Infinity);
  }
}
