import { logError, type Logger } from "../telemetry/log.ts";
import { inTime } from "../time/in-time.ts";
import { type Lock, lockId, type LockStore, type LockSubject } from "../tokens/lock.ts";
import type { MemberAnswers, SessionControl, SessionsEnded } from "./session-control.ts";

/** How long the store may take to write a lock, in milliseconds. */
const WRITE_MS = 5000;

/** The pause before the next attempt to write, in milliseconds. */
const RETRY_MS = 5000;

/**
 * How many locks there may be of tokens, and of anything else, with all of which each session that opens is compared.
 */
const MAX_LOCKS = 1000;

/**
 * How long a lock of a token is kept after that has expired, in milliseconds: a clock that is set back meanwhile must not
 * make the token valid again.
 */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

/** There are as many locks as there may be. */
export class LockLimit extends Error {
  override readonly name = "LockLimit";
}

/** What to lock. */
export interface LockRequest {
  readonly subject: LockSubject;
  /** As in {@link Lock}, checked already. */
  readonly value: string;
  /** A sentence for the users. @defaultValue none */
  readonly message?: string | undefined;
}

/** What a lock did. */
export interface LockOutcome extends SessionsEnded {
  readonly lock: Lock;
  /** Why the store has not written it, so that it would not outlive the gateway; undefined once it has. */
  readonly unwritten: string | undefined;
}

/** What a {@link Locker} is made with. */
export interface LockerOptions {
  /** A store that keeps locks; otherwise they are kept in memory. */
  readonly store: Partial<LockStore> | undefined;
  readonly control: Pick<SessionControl, "lock" | "unlock">;
  /** Controls the sessions of this gateway, where `control` controls those of others as well. @defaultValue `control` */
  readonly own?: Pick<SessionControl, "lock" | "unlock"> | undefined;
  readonly log: Logger;
}

/**
 * Locks users, machines, addresses and tokens: first every process refuses them and ends their sessions, then the store is
 * written. A lock is lifted in the opposite order. That of a token lifts itself some time after the token has expired.
 */
export class Locker {
  readonly #options: LockerOptions;
  readonly #locks = new Map<string, Lock>();
  /** The ids of those that the store does not have. */
  readonly #unwritten = new Set<string>();
  /** Those that are being removed from the store. */
  readonly #leaving = new Set<Lock>();
  /** The locks of expired tokens are being lifted. */
  #lifting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Puts the locks of the store in force. */
  constructor(options: LockerOptions) {
    this.#options = options;
    this.#follow();
    options.store?.onLocksChanged?.((ids) => this.#follow(ids));
  }

  /** The locks that are in force, the oldest first. */
  get all(): readonly Lock[] {
    return [...this.#locks.values()];
  }

  /**
   * Locks something until it is lifted; once more to change the message.
   *
   * @throws LockLimit when there are too many locks.
   */
  async lock({ subject, value, message }: LockRequest): Promise<LockOutcome> {
    const id = lockId(subject, value);
    const lifting = this.#liftExpired();
    // Only for their room: a store that does not answer must not keep the lock from being in force.
    if (!this.#hasRoom(id, subject)) await lifting;
    this.#checkRoom(id, subject);
    // Later than the one before, from which it is told by that.
    const createdAt = Math.max(Date.now(), (this.#locks.get(id)?.createdAt ?? 0) + 1);
    const lock: Lock = { id, subject, value, message, createdAt };
    // First, so that a worker which starts meanwhile learns of it.
    this.#locks.set(id, lock);
    this.#unwritten.add(id);
    const [effect, unwritten] = await Promise.all([this.#options.control.lock(lock), this.#write(lock)]);
    const { expiresAt, ...ended } = effect;
    // Another gateway may have lifted it before it was known to be written.
    if (unwritten === undefined) this.#follow();
    if (expiresAt === undefined || this.#locks.get(id) !== lock || this.#leaving.has(lock)) {
      return { ...ended, lock, unwritten };
    }
    // Only its sessions told.
    const limited = { ...lock, expiresAt };
    this.#locks.set(id, limited);
    this.#unwritten.add(id);
    return { ...ended, lock: limited, unwritten: await this.#write(limited) };
  }

  #hasRoom(id: string, subject: LockSubject): boolean {
    const isToken = subject === "token";
    const alike = this.all.filter((lock) => (lock.subject === "token") === isToken);
    return alike.length < MAX_LOCKS || this.#locks.has(id);
  }

  #checkRoom(id: string, subject: LockSubject): void {
    if (this.#hasRoom(id, subject)) return;
    const advice = subject === "token" ? "lift some" : "lift some, or lock a network";
    throw new LockLimit(`there are ${MAX_LOCKS} locks, and there may be no more: ${advice}`);
  }

  /** Lifts the locks of tokens that have expired long ago; the store may keep some of them longer. Never rejects. */
  async #liftExpired(): Promise<void> {
    this.#lifting ??= this.#liftUntilFailure().finally(() => (this.#lifting = undefined));
    await this.#lifting;
  }

  /** What is left is lifted with the next lock. */
  async #liftUntilFailure(): Promise<void> {
    const before = Date.now() - KEEP_EXPIRED_MS;
    try {
      for (const { id, expiresAt = Infinity } of this.#locks.values()) if (expiresAt < before) await this.lift(id);
    } catch {
      // The store cannot remove them now.
    }
  }

  /**
   * Lifts a lock.
   *
   * @returns undefined when there is no lock with this id.
   * @throws Error when the store cannot remove it; it stays in force.
   */
  async lift(id: string): Promise<(MemberAnswers & { readonly lock: Lock }) | undefined> {
    const lock = this.#locks.get(id);
    if (lock === undefined) return undefined;
    const { store, control } = this.#options;
    this.#leaving.add(lock);
    try {
      await inTime(async () => await store?.removeLock?.(id), WRITE_MS);
    } finally {
      this.#leaving.delete(lock);
    }
    if (this.#isLockedAgain(lock)) {
      this.#follow();
      return { lock, unavailable: [], replaced: [] };
    }
    this.#locks.delete(id);
    this.#unwritten.delete(id);
    return { lock, ...(await control.unlock(id)) };
  }

  /** Whether it was locked anew, here or at another gateway, while it was being lifted. */
  #isLockedAgain({ id, createdAt }: Lock): boolean {
    const now = this.#locks.get(id);
    if (now !== undefined && now.createdAt !== createdAt) return true;
    return this.#options.store?.locks?.().some((stored) => stored.id === id) === true;
  }

  /** Rejects while locks are not written: after a restart they would be lifted. */
  async health(): Promise<void> {
    const { size } = this.#unwritten;
    if (size > 0) throw new Error(`${size === 1 ? "1 lock is" : `${size} locks are`} not written`);
  }

  /** Tries a last time to write. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writeAll();
  }

  /**
   * Takes over what the store has. What it does not have yet stays in force.
   *
   * @param changed - what gateways tell each other of these may have arrived in another order than they were written in: they
   *   are brought to what the store has, whatever is known of them.
   */
  #follow(changed: readonly string[] = []): void {
    const { store, control, own = control } = this.#options;
    if (store?.locks === undefined) return;
    const stored = new Map(store.locks().map((lock) => [lock.id, lock]));
    for (const [id, lock] of stored) {
      const { createdAt, expiresAt } = this.#locks.get(id) ?? {};
      const isKnown = createdAt === lock.createdAt && expiresAt === lock.expiresAt;
      if (isKnown && !changed.includes(id)) continue;
      this.#locks.set(id, lock);
      void own.lock(lock).catch(() => {});
    }
    for (const id of new Set([...this.#locks.keys(), ...changed])) {
      if (stored.has(id) || this.#unwritten.has(id)) continue;
      this.#locks.delete(id);
      void own.unlock(id).catch(() => {});
    }
  }

  /** @returns why it is not written. */
  async #write(lock: Lock): Promise<string | undefined> {
    const { store, log } = this.#options;
    try {
      await inTime(async () => await store?.putLock?.(lock), WRITE_MS);
      this.#unwritten.delete(lock.id);
      return undefined;
    } catch (error) {
      logError(log, { level: "error", error, lock: lock.id }, "lock not written, is tried again");
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.#writeAll();
      }, RETRY_MS).unref();
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #writeAll(): Promise<void> {
    for (const id of this.#unwritten) {
      const lock = this.#locks.get(id);
      // Until the first failure: the others would fail as well.
      if (lock !== undefined && (await this.#write(lock)) !== undefined) return;
    }
  }
}
