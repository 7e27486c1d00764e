import { sha256 } from "../../sha256.ts";
import type { Lock, LockStore } from "../../tokens/lock.ts";

/** How many lifted locks are remembered, so that a peer that was away learns of them. The oldest are forgotten first. */
const MAX_LIFTED = 2000;

/** How many locks there may be: more than nine gateways can make, of which each makes 2,000 at most. */
const MAX_LOCKS = 20_000;

/** How many locks are written at once. */
const BATCH = 100;

/** A lock, or that it was lifted. */
export interface LockVersion {
  readonly id: string;
  /** Of several with the same id the latest counts: the instant at which it was locked or lifted, or one behind the last. */
  readonly version: number;
  /** Undefined for one that was lifted. */
  readonly lock: Lock | undefined;
}

/** What a {@link PeerLocks} is made with. */
export interface PeerLocksOptions {
  /** Keeps the locks of this gateway. */
  readonly store: LockStore;
  /** Test seams. @defaultValue 2,000 and 20,000 */
  readonly maxLifted?: number;
  readonly maxLocks?: number;
}

/**
 * The locks of this gateway and of its peers, of which each gateway has all. A lock's `createdAt` is its version, which
 * the store keeps as well; that a lock was lifted is kept in memory only. If a gateway stops before all its peers know that
 * it has lifted a lock, then they bring the lock back: that keeps out too many rather than too few.
 */
export class PeerLocks implements LockStore {
  readonly #options: PeerLocksOptions;
  readonly #versions = new Map<string, LockVersion>();
  /** The ids of those that the store does not have as they are here. */
  readonly #unwritten = new Set<string>();
  readonly #listeners: (() => void)[] = [];
  #digest: string | undefined;

  constructor(options: PeerLocksOptions) {
    this.#options = options;
    for (const lock of options.store.locks()) this.#set({ id: lock.id, version: lock.createdAt, lock });
    options.store.onLocksChanged(() => this.#readStore());
  }

  /** Another one after each change. */
  get digest(): string {
    this.#digest ??= sha256(JSON.stringify(this.#sorted)).toString("base64url");
    return this.#digest;
  }

  /** What is known of a lock. */
  find(id: string): LockVersion | undefined {
    return this.#versions.get(id);
  }

  locks(): readonly Lock[] {
    return [...this.#versions.values()]
      .flatMap(({ lock }) => lock ?? [])
      .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  async putLock(lock: Lock): Promise<void> {
    const versioned = this.withVersion(lock);
    this.#set({ id: lock.id, version: versioned.createdAt, lock: versioned });
    if (versioned.createdAt !== lock.createdAt) this.#tell();
    await this.#write([lock.id]);
  }

  /** A lock as {@link putLock} keeps it: it counts more than what is known. */
  withVersion(lock: Lock): Lock {
    const known = this.#versions.get(lock.id);
    // The same lock, of which something more is known.
    const isSame = known?.lock?.createdAt === lock.createdAt;
    return isSame ? lock : { ...lock, createdAt: this.#nextVersion(lock.id, lock.createdAt) };
  }

  async removeLock(id: string): Promise<void> {
    const lifted: LockVersion = { id, version: this.#nextVersion(id, Date.now()), lock: undefined };
    // First, because the lock stays in force if that fails.
    await this.#options.store.removeLock(id);
    // It may have been locked again meanwhile, and then was written behind that.
    if (!isLater(lifted, this.#versions.get(id))) return;
    this.#unwritten.delete(id);
    this.#set(lifted);
  }

  onLocksChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Takes those of a peer that are later than what is known here.
   *
   * @throws Error when they cannot be written, or are too many.
   */
  async learn(versions: readonly LockVersion[]): Promise<void> {
    const { maxLocks = MAX_LOCKS, maxLifted = MAX_LIFTED } = this.#options;
    const later = versions.filter((version) => isLater(version, this.#versions.get(version.id)));
    let left = 0;
    for (const version of later) {
      // One that is twice in the list counts only if it is later than the first one.
      if (!isLater(version, this.#versions.get(version.id))) continue;
      if (this.#versions.size >= maxLocks + maxLifted && !this.#versions.has(version.id)) {
        left += 1;
        continue;
      }
      this.#unwritten.add(version.id);
      this.#set(version);
    }
    if (later.length > 0) this.#tell();
    await this.#write([...this.#unwritten]);
    if (left > 0) throw new Error(`${left} of its locks are more than the ${maxLocks} that there may be`);
  }

  /**
   * Those behind an id, in the order of their ids.
   *
   * @param after - "" for the first.
   */
  page(after: string, limit: number): { readonly locks: readonly LockVersion[]; readonly next: string | null } {
    const left = this.#sorted.filter(({ id }) => id > after);
    const locks = left.slice(0, limit);
    return { locks, next: left.length > limit ? (locks.at(-1)?.id ?? null) : null };
  }

  get #sorted(): readonly LockVersion[] {
    return [...this.#versions.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Later than the last one, whatever clock that one was of. */
  #nextVersion(id: string, now: number): number {
    return Math.max(Math.round(now), (this.#versions.get(id)?.version ?? 0) + 1);
  }

  #set(version: LockVersion): void {
    this.#versions.set(version.id, version);
    this.#digest = undefined;
    if (version.lock !== undefined) return;
    const { maxLifted = MAX_LIFTED } = this.#options;
    const lifted = [...this.#versions.values()].filter(({ lock }) => lock === undefined);
    if (lifted.length <= maxLifted) return;
    const [oldest] = lifted.toSorted((a, b) => a.version - b.version);
    if (oldest !== undefined) this.#versions.delete(oldest.id);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Takes over what another process has written, such as a gateway that shares the file. */
  #readStore(): void {
    const stored = new Map(this.#options.store.locks().map((lock) => [lock.id, lock]));
    let isChanged = false;
    const take = (version: LockVersion): void => {
      this.#set(version);
      isChanged = true;
    };
    for (const [id, lock] of stored) {
      if (this.#unwritten.has(id)) continue;
      if (isLater({ id, version: lock.createdAt, lock }, this.#versions.get(id)))
        take({ id, version: lock.createdAt, lock });
    }
    for (const { id, lock } of this.#versions.values()) {
      if (lock === undefined || stored.has(id) || this.#unwritten.has(id)) continue;
      take({ id, version: this.#nextVersion(id, Date.now()), lock: undefined });
    }
    if (isChanged) this.#tell();
  }

  /** @throws Error when the store cannot write them; the next call that learns something tries again. */
  async #write(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#unwritten.add(id);
    for (let start = 0; start < ids.length; start += BATCH) {
      const results = await Promise.allSettled(
        ids.slice(start, start + BATCH).map(async (id) => await this.#writeOne(id)),
      );
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
  }

  async #writeOne(id: string): Promise<void> {
    const written = this.#versions.get(id);
    if (written?.lock === undefined) await this.#options.store.removeLock(id);
    else await this.#options.store.putLock(written.lock);
    // It may have changed meanwhile, and is then written by what changed it.
    if (this.#versions.get(id) === written) this.#unwritten.delete(id);
  }
}

/** Whether one version counts more than another; of two of the same instant, a lock more than that it was lifted. */
function isLater(one: LockVersion, other: LockVersion | undefined): boolean {
  if (other === undefined || one.version !== other.version) return one.version > (other?.version ?? 0);
  return rankOf(one) > rankOf(other);
}

/** Compares as text: what is known of the end of a lock before its words. */
function rankOf({ lock }: LockVersion): string {
  if (lock === undefined) return "";
  return `${lock.expiresAt === undefined ? 1 : 2} ${lock.expiresAt ?? ""} ${lock.message ?? ""}`;
}
