import { REPLACED } from "../limits/limits.ts";
import type { LimitName, SlotRequest } from "../limits/slots.ts";
import { type LimitOptions, Slots } from "../limits/slots.ts";
import { ChannelClosed } from "./channel.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** In the primary: the slots of the sessions of all workers. */
export class SharedSlots {
  readonly #slots: Slots;
  readonly #owners = new Map<string, WorkerProcess>();

  constructor(options: LimitOptions) {
    this.#slots = new Slots(options);
  }

  /**
   * Acquires a slot for a worker's session, and waits until the session that it replaces has ended.
   *
   * @returns the limit that refuses it, or null.
   * @throws Error when the replaced session's worker does not answer; the slot is free then.
   */
  async acquire(slot: SlotRequest, owner: WorkerProcess): Promise<LimitName | null> {
    const { refusedBy, replaces } = this.#slots.acquire(slot);
    if (refusedBy !== undefined) return refusedBy;
    this.#owners.set(slot.session, owner);
    if (replaces === undefined) return null;
    try {
      await this.#replace(replaces);
    } catch (error) {
      this.release(slot.session);
      throw error;
    }
    return null;
  }

  release(session: string): void {
    this.#slots.release(session);
    this.#owners.delete(session);
  }

  /** Frees the slots of a worker that has ended. */
  releaseAll(owner: WorkerProcess): void {
    for (const [session, worker] of this.#owners) if (worker === owner) this.release(session);
  }

  async #replace(session: string): Promise<void> {
    const owner = this.#owners.get(session);
    this.#owners.delete(session);
    const selection = { by: "id", id: session } as const;
    await owner?.channel
      .ask({ type: "end", selection, reason: "session_replaced", detail: REPLACED })
      .catch((error: unknown) => {
        if (!(error instanceof ChannelClosed)) throw error;
      });
  }
}
