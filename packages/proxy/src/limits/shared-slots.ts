import { describeReplacement } from "./limits.ts";
import type { SlotKeeper } from "./remote-limits.ts";
import type { SlotRefusal } from "./slot-refusal.ts";
import type { LimitName, LimitOptions, OwnedLease, SlotLease, SlotTable, Verdict } from "./slots.ts";
import { askAll, type TakeoverAnswer, type TakeoverBy } from "./takeover.ts";

/** What runs sessions: a process, or a whole gateway. */
export interface SlotOwner {
  /**
   * Ends a session as `session_replaced`.
   *
   * @param detail - what its client is told.
   * @returns once it has ended, also when the owner has.
   * @throws Error when that is not certain.
   */
  end(lease: SlotLease, detail: string): Promise<void>;
  /**
   * Asks a session's user whether another one may take over, until `signal` aborts.
   *
   * @returns `allowed` also when the owner has ended.
   * @throws Error when there is no answer.
   */
  ask(lease: SlotLease, by: TakeoverBy, signal: AbortSignal): Promise<TakeoverAnswer>;
}

/** The slots of the sessions of several owners. An owner's leases end with it. */
export class SharedSlots<Owner extends SlotOwner> {
  readonly #table: SlotTable<Owner>;
  /** By lease id, the ends of replaced sessions that are not confirmed yet. */
  readonly #ending = new Map<string, Promise<void>>();
  /** By lease id, the sessions that wait for users' answers: aborted when they leave. */
  readonly #asking = new Map<string, { readonly owner: Owner; readonly left: AbortController }>();

  constructor(table: SlotTable<Owner>) {
    this.#table = table;
  }

  /**
   * Acquires a slot for an owner's session, and waits until the sessions that it replaces have ended, and those that
   * others replace at the same machine or of the same user.
   *
   * @returns the limit that refuses it, or null; `ask` where users are to be asked first, which
   *   {@link acquireByAsking} does.
   * @throws Error when a replaced session's owner does not answer, or the sessions cannot be counted. The replaced
   *   session then keeps its slot, and the new one has none.
   */
  async acquire(lease: SlotLease, owner: Owner): Promise<LimitName | "ask" | null> {
    const verdict = await this.#table.acquire(lease, owner);
    return verdict.asks === undefined ? await this.#settle(lease, verdict) : "ask";
  }

  /** As {@link acquire}, once the users have answered whose sessions are in the way. */
  async acquireByAsking(lease: SlotLease, owner: Owner): Promise<SlotRefusal | null> {
    const left = new AbortController();
    this.#asking.set(lease.id, { owner, left });
    try {
      return await this.#acquireByAsking(lease, owner, left.signal);
    } finally {
      this.#asking.delete(lease.id);
    }
  }

  async #acquireByAsking(lease: SlotLease, owner: Owner, left: AbortSignal): Promise<SlotRefusal | null> {
    const first = await this.#table.acquire(lease, owner);
    if (first.asks === undefined) return asRefusal(await this.#settle(lease, first));
    const { limit, of } = first.asks;
    if (left.aborted) return { limit, answer: "unanswered" };
    const by = { session: lease.session, user: lease.user };
    const answer = await askAll(of, (present, signal) => present.owner.ask(present.lease, by, signal), left);
    if (left.aborted) return { limit, answer: "unanswered" };
    if (answer !== undefined) return { limit, answer };
    return asRefusal(await this.#settle(lease, await this.#table.acquire(lease, owner, of)));
  }

  /** Waits until those that lose their slots have ended. */
  async #settle(lease: SlotLease, { refusedBy, replaces, leaving = [] }: Verdict<Owner>): Promise<LimitName | null> {
    if (refusedBy !== undefined) return refusedBy;
    // The session that it replaces may itself be waiting for one that has not ended.
    const ends = [...replaces, ...leaving].map(async (each) => await this.#end(each, lease));
    try {
      await Promise.all(ends);
    } catch (error) {
      this.release(lease.id);
      throw error;
    }
    return null;
  }

  /** From now on, these limits hold. */
  configure(options: LimitOptions): void {
    this.#table.configure(options);
  }

  /** Counts leases whose sessions run already. */
  announce(leases: readonly SlotLease[], owner: Owner): void {
    for (const lease of leases) this.#table.announce(lease, owner);
  }

  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void {
    this.#asking.get(leaseId)?.left.abort();
    this.#table.release(leaseId);
  }

  /** Frees the slots of an owner that has ended. */
  releaseOwner(owner: Owner): void {
    for (const asking of this.#asking.values()) if (asking.owner === owner) asking.left.abort();
    this.#table.releaseOwner(owner);
  }

  /** The slots as one owner uses them. */
  of(owner: Owner): SlotKeeper {
    return {
      acquire: async (lease) => await this.acquire(lease, owner),
      acquireByAsking: async (lease) => await this.acquireByAsking(lease, owner),
      announce: (leases) => this.announce(leases, owner),
      release: (leaseId) => this.release(leaseId),
      configure: (options) => this.configure(options),
    };
  }

  /** Ends a session, once for all that wait for it. */
  async #end(replaced: OwnedLease<Owner>, by: SlotLease): Promise<void> {
    const { id } = replaced.lease;
    const ending = this.#ending.get(id) ?? this.#confirmEnd(replaced, describeReplacement(replaced.lease, by));
    this.#ending.set(id, ending);
    try {
      await ending;
    } finally {
      this.#ending.delete(id);
    }
  }

  async #confirmEnd({ lease, owner }: OwnedLease<Owner>, detail: string): Promise<void> {
    try {
      await owner.end(lease, detail);
    } catch (error) {
      this.#table.restore(lease.id);
      throw error;
    }
    this.#table.release(lease.id);
  }
}

function asRefusal(limit: LimitName | null): SlotRefusal | null {
  return limit === null ? null : { limit };
}
