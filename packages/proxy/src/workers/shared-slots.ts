import { describeReplacement } from "../limits/limits.ts";
import type { SlotRefusal } from "../limits/slot-refusal.ts";
import {
  type LimitName,
  type LimitOptions,
  type OwnedLease,
  type SlotLease,
  Slots,
  type Verdict,
} from "../limits/slots.ts";
import { askAll } from "../limits/takeover.ts";
import { ChannelClosed } from "./ipc-channel.ts";
import { askOwner } from "./takeover-questions.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** In the primary: the slots of the sessions of all workers. A worker owns the leases of its sessions. */
export class SharedSlots {
  readonly #slots: Slots<WorkerProcess>;
  /** Leases of sessions that are being replaced and whose end is not confirmed yet, each with that end. */
  readonly #leaving = new Map<OwnedLease<WorkerProcess>, Promise<void>>();
  /** By lease id, the sessions that wait for users' answers: aborted when they leave. */
  readonly #asking = new Map<string, { readonly owner: WorkerProcess; readonly left: AbortController }>();

  constructor(options: LimitOptions) {
    this.#slots = new Slots(options);
  }

  /**
   * Acquires a slot for a worker's session, and waits until the sessions that it replaces have ended, and those that
   * others replace at the same machine or of the same user.
   *
   * @returns the limit that refuses it, or null; `ask` where users are to be asked first, which
   *   {@link acquireByAsking} does.
   * @throws Error when a replaced session's worker does not answer. That session then keeps its slot, and the new one
   *   has none.
   */
  async acquire(lease: SlotLease, owner: WorkerProcess): Promise<LimitName | "ask" | null> {
    const verdict = this.#slots.acquire(lease, owner);
    return verdict.asks === undefined ? await this.#settle(lease, verdict) : "ask";
  }

  /** As {@link acquire}, once the users have answered whose sessions are in the way. */
  async acquireByAsking(lease: SlotLease, owner: WorkerProcess): Promise<SlotRefusal | null> {
    const first = this.#slots.acquire(lease, owner);
    if (first.asks === undefined) return asRefusal(await this.#settle(lease, first));
    const { limit, of } = first.asks;
    const left = new AbortController();
    this.#asking.set(lease.id, { owner, left });
    const answer = await askAll(of, (present, signal) => askOwner(present, lease, signal), left.signal);
    this.#asking.delete(lease.id);
    if (left.signal.aborted) return { limit, answer: "unanswered" };
    if (answer !== undefined) return { limit, answer };
    return asRefusal(await this.#settle(lease, this.#slots.acquire(lease, owner, of)));
  }

  /** Waits until those that lose their slots have ended. */
  async #settle(lease: SlotLease, { refusedBy, replaces }: Verdict<WorkerProcess>): Promise<LimitName | null> {
    if (refusedBy !== undefined) return refusedBy;
    for (const replaced of replaces) this.#leaving.set(replaced, this.#end(replaced, lease));
    // The session that it replaces may itself be waiting for one that has not ended.
    const ends = [...this.#leaving].flatMap(([{ lease: left }, end]) => (isSameGroup(left, lease) ? end : []));
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
    this.#slots.configure(options);
  }

  /** Counts leases whose sessions run already. */
  announce(leases: readonly SlotLease[], owner: WorkerProcess): void {
    for (const lease of leases) this.#slots.announce(lease, owner);
  }

  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void {
    this.#asking.get(leaseId)?.left.abort();
    this.#slots.release(leaseId);
    for (const leaving of this.#leaving.keys()) if (leaving.lease.id === leaseId) this.#leaving.delete(leaving);
  }

  /** Frees the slots of a worker that has ended. */
  releaseOwner(owner: WorkerProcess): void {
    for (const asking of this.#asking.values()) if (asking.owner === owner) asking.left.abort();
    this.#slots.releaseOwner(owner);
    for (const leaving of this.#leaving.keys()) if (leaving.owner === owner) this.#leaving.delete(leaving);
  }

  async #end(replaced: OwnedLease<WorkerProcess>, by: SlotLease): Promise<void> {
    try {
      await endReplaced(replaced, describeReplacement(replaced.lease, by));
    } catch (error) {
      if (this.#leaving.has(replaced)) this.#slots.announce(replaced.lease, replaced.owner);
      throw error;
    } finally {
      this.#leaving.delete(replaced);
    }
  }
}

function asRefusal(limit: LimitName | null): SlotRefusal | null {
  return limit === null ? null : { limit };
}

/** Whether both sessions are of one machine or of one user. */
function isSameGroup(a: SlotLease, b: SlotLease): boolean {
  return (a.instance !== undefined && a.instance === b.instance) || (a.user !== undefined && a.user === b.user);
}

/** @throws Error when the worker does not confirm the end. */
async function endReplaced({ lease, owner }: OwnedLease<WorkerProcess>, detail: string): Promise<void> {
  const selection = { by: "id", id: lease.session } as const;
  try {
    await owner.channel.ask({ type: "end", selection, reason: "session_replaced", detail });
  } catch (error) {
    // A worker that has ended has ended its sessions.
    if (!(error instanceof ChannelClosed)) throw error;
  }
}
