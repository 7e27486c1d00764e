import type { Logger } from "../../telemetry/log.ts";
import type { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { PeerLink } from "./peer-link.ts";
import { checkToken } from "./peer-answer.ts";
import { MAX_UNWRITTEN } from "./peer-schemas.ts";

/** How long after the expiry of its token a revocation is kept, in milliseconds: the clock of the issuer may be behind. */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

/** Of how many a peer is told at once. */
const BATCH = 25;

/** How many addresses of peers that have left the list are remembered, the latest. */
const MAX_LEFT = 64;

/** What a {@link PeerRevocations} is made with. */
export interface PeerRevocationsOptions {
  /** Keeps them in the file of this gateway's tokens. */
  readonly store: SqliteTokenStore;
  /** All peers, also those that are none: what such an entry leads to may change. */
  readonly links: () => readonly PeerLink[];
  readonly log: Logger;
}

interface Waiting {
  /** In milliseconds since the epoch; undefined where the expiry of the token is not known: as long as it takes. */
  readonly keptUntil: number | undefined;
  /** The peers that have not issued it. */
  readonly others: Set<PeerLink>;
  /** The addresses of those that may have issued it and have left the list, to which they may come back. */
  readonly left: Set<string>;
}

/**
 * Tokens of peers that were revoked here while their issuer was away: this gateway refuses them, also after a restart,
 * until the issuer knows, or the token has expired; where its expiry is not known, until every peer has said that it has not
 * issued it. And those that peers say wait there, which this gateway refuses for as long.
 */
export class PeerRevocations {
  readonly #options: PeerRevocationsOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** What the file has, as far as is known. */
  readonly #kept: Set<string>;
  readonly #heard = new Map<PeerLink, ReadonlySet<string>>();
  /** The addresses of peers that have left the list and are not back, oldest first. */
  readonly #left = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  /** What writes once {@link PeerRevocations.#writing} has ended, for all that ask meanwhile. */
  #next: Promise<void> | undefined;

  /** @throws Error when the file cannot be read. */
  constructor(options: PeerRevocationsOptions) {
    this.#options = options;
    const kept = options.store.foreignRevocations();
    this.#kept = new Set(kept.map(({ tokenId }) => tokenId));
    for (const { tokenId, keptUntil } of kept) this.#waiting.set(tokenId, waitingUntil(keptUntil));
  }

  /** Those that wait for a peer. */
  get tokenIds(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Whether a token was revoked, here or at a peer, and its issuer may not know. */
  has(tokenId: string): boolean {
    return this.#waiting.has(tokenId) || [...this.#heard.values()].some((ids) => ids.has(tokenId));
  }

  /** How many a peer may have issued and does not know of. */
  countFor(link: PeerLink): number {
    return [...this.#waiting.values()].filter(({ others }) => !others.has(link)).length;
  }

  /**
   * Keeps one, which is told as soon as a peer that may have issued it answers.
   *
   * @param expiresAt - of the token, by this machine's clock, in milliseconds since the epoch, if that is known.
   * @throws Error when it cannot be written, or too many wait.
   */
  async keep(tokenId: string, expiresAt: number | undefined): Promise<void> {
    if (!this.#waiting.has(tokenId)) {
      this.#forget();
      if (this.#waiting.size >= MAX_UNWRITTEN) throw new Error(`${MAX_UNWRITTEN} revocations wait for peers already`);
      const keptUntil = expiresAt === undefined ? undefined : Math.round(expiresAt + KEEP_EXPIRED_MS);
      // The issuer may also have left while it was asked, or before.
      this.#waiting.set(tokenId, waitingUntil(keptUntil, this.#left));
    }
    await this.#write();
  }

  /** Tells a peer that answers. @throws Error when it does not. */
  async tell(link: PeerLink): Promise<void> {
    this.#left.delete(link.url);
    const all = [...this.#waiting].filter(([, { others }]) => !others.has(link));
    try {
      for (let start = 0; start < all.length; start += BATCH) {
        const batch = all.slice(start, start + BATCH);
        const told = await Promise.allSettled(batch.map(async ([id, waiting]) => await this.#tell(link, id, waiting)));
        const failed = told.find(({ status }) => status === "rejected");
        if (failed?.status === "rejected") throw failed.reason;
      }
    } finally {
      this.#forget();
      // A disk that hangs does not hold up the peer. What cannot be removed now is removed later, or told once more.
      void this.#write().catch(() => {});
    }
  }

  /** What a peer says waits there, and is none of this gateway's tokens. It holds for as long as the peer says so. */
  hear(link: PeerLink, tokenIds: readonly string[]): void {
    this.#heard.set(link, new Set(tokenIds));
  }

  /** Forgets what a peer has said that is none any more. What waits for it waits on, should it come back. */
  leave(link: PeerLink): void {
    this.#heard.delete(link);
    for (const { others, left } of this.#waiting.values()) if (!others.has(link)) left.add(link.url);
    this.#left.add(link.url);
    const [oldest] = this.#left.size > MAX_LEFT ? this.#left : [];
    if (oldest !== undefined) this.#left.delete(oldest);
  }

  async #tell(link: PeerLink, tokenId: string, { others, left }: Waiting): Promise<void> {
    const found = await link.ask<"revoke">({ type: "revoke", id: tokenId });
    if (found === null) {
      others.add(link);
      left.delete(link.url);
      return;
    }
    checkToken(link, { type: "revoke", id: tokenId }, found);
    this.#waiting.delete(tokenId);
    this.#options.log.info(
      { token_id: tokenId, gateway: link.name },
      "the gateway that issued the token has revoked it",
    );
  }

  /** Drops those that need not be known any more. */
  #forget(): void {
    const links = this.#options.links();
    for (const [tokenId, { keptUntil, others, left }] of this.#waiting) {
      // One whose expiry is known was issued by a peer. Should that be none now, it may be one again.
      const isOfNone = left.size === 0 && links.every((link) => others.has(link));
      const isOver = keptUntil === undefined ? isOfNone : keptUntil < Date.now();
      if (isOver) this.#waiting.delete(tokenId);
    }
  }

  /** Brings the file to what is known here. @throws Error when it cannot be written. */
  async #write(): Promise<void> {
    this.#next ??= this.#writeAfter(this.#writing);
    await this.#next;
  }

  async #writeAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    this.#next = undefined;
    this.#writing = this.#writeNow();
    await this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { store } = this.#options;
    for (const [tokenId, { keptUntil }] of this.#waiting) {
      if (this.#kept.has(tokenId)) continue;
      await store.putForeignRevocation({ tokenId, keptUntil });
      this.#kept.add(tokenId);
    }
    for (const tokenId of this.#kept) {
      if (this.#waiting.has(tokenId)) continue;
      await store.removeForeignRevocation(tokenId);
      this.#kept.delete(tokenId);
    }
  }
}

function waitingUntil(keptUntil: number | undefined, left: Iterable<string> = []): Waiting {
  return { keptUntil, others: new Set(), left: new Set(left) };
}
