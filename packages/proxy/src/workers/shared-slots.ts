import { REPLACED } from "../limits/limits.ts";
import { type LimitName, type LimitOptions, type OwnedLease, type SlotLease, Slots } from "../limits/slots.ts";
import { ChannelClosed } from "./ipc-channel.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** In the primary: the slots of the sessions of all workers. A worker owns the leases of its sessions. */
export class SharedSlots {
  readonly #slots: Slots<WorkerProcess>;
  /** Leases of sessions that are being replaced and whose end is not confirmed yet. */
  readonly #leaving = new Set<OwnedLease<WorkerProcess>>();

  constructor(options: LimitOptions) {
    this.#slots = new Slots(options);
  }

  /**
   * Acquires a slot for a worker's session, and waits until the session that it replaces has ended.
   *
   * @returns the limit that refuses it, or null.
   * @throws Error when the replaced session's worker does not answer. Its session then keeps its slot, and the new
   *   session has none.
   */
  async acquire(lease: SlotLease, owner: WorkerProcess): Promise<LimitName | null> {
    const { refusedBy, replaces } = this.#slots.acquire(lease, owner);
    if (refusedBy !== undefined) return refusedBy;
    if (replaces === undefined) return null;
    this.#leaving.add(replaces);
    try {
      await endReplaced(replaces);
    } catch (error) {
      this.release(lease.id);
      if (this.#leaving.has(replaces)) this.#slots.announce(replaces.lease, replaces.owner);
      throw error;
    } finally {
      this.#leaving.delete(replaces);
    }
    return null;
  }

  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void {
    this.#slots.release(leaseId);
    for (const leaving of this.#leaving) if (leaving.lease.id === leaseId) this.#leaving.delete(leaving);
  }

  /** Frees the slots of a worker that has ended. */
  releaseOwner(owner: WorkerProcess): void {
    this.#slots.releaseOwner(owner);
    for (const leaving of this.#leaving) if (leaving.owner === owner) this.#leaving.delete(leaving);
  }
}

/** @throws Error when the worker does not confirm the end. */
async function endReplaced({ lease, owner }: OwnedLease<WorkerProcess>): Promise<void> {
  const selection = { by: "id", id: lease.session } as const;
  try {
    await owner.channel.ask({ type: "end", selection, reason: "session_replaced", detail: REPLACED });
  } catch (error) {
    // A worker that has ended has ended its sessions.
    if (!(error instanceof ChannelClosed)) throw error;
  }
}
