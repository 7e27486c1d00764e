import { randomUUID } from "node:crypto";
import { EndError } from "../end-reason.ts";
import { createLease, type Lease } from "../limits/lease.ts";
import type { LimitContext, SharedLimits } from "../limits/limits.ts";
import { type SlotRefusal, slotRefused } from "../limits/slot-refusal.ts";
import type { SlotLease, SlotRequest } from "../limits/slots.ts";
import { TAKEOVER_MS, whileAsking } from "../limits/takeover.ts";
import { ANSWER_MS } from "./ipc-channel.ts";
import type { PrimaryChannel } from "./messages.ts";

/** How long the primary may take to ask users: it waits for their workers, and then for those that are replaced. */
const ASKING_MS = TAKEOVER_MS + 3 * ANSWER_MS;

/** In a worker: the primary counts the sessions of all workers. */
export class RemoteLimits implements SharedLimits {
  readonly #primary: PrimaryChannel;
  readonly #context: Pick<LimitContext, "refused">;

  constructor(primary: PrimaryChannel, context: Pick<LimitContext, "refused">) {
    this.#primary = primary;
    this.#context = context;
  }

  announce(leases: readonly SlotLease[]): void {
    this.#primary.tell({ type: "announce", leases });
  }

  release(leaseId: string): void {
    this.#primary.tell({ type: "release", leaseId });
  }

  async acquire(request: SlotRequest, signal: AbortSignal, onAsking: () => void): Promise<Lease> {
    const id = randomUUID();
    const lease = createLease(id, () => this.release(id));
    // The release arrives after the request, so it also frees a slot that has not been granted yet.
    signal.addEventListener("abort", lease.release, { once: true });
    try {
      const refusal = await this.#ask({ ...request, id }, signal, onAsking).catch((cause: unknown) => {
        lease.release();
        throw new EndError("server_busy", "the gateway's sessions cannot be counted", { cause });
      });
      if (refusal === null) return lease;
      if (!signal.aborted) this.#context.refused(refusal.limit, request);
      throw slotRefused(refusal);
    } finally {
      signal.removeEventListener("abort", lease.release);
    }
  }

  async #ask(lease: SlotLease, signal: AbortSignal, onAsking: () => void): Promise<SlotRefusal | null> {
    const answer = await this.#primary.ask({ type: "acquire", lease });
    if (answer !== "ask") return answer === null ? null : { limit: answer };
    // Its release would arrive before the second request.
    signal.throwIfAborted();
    return await whileAsking(this.#primary.ask({ type: "acquire_by_asking", lease }, ASKING_MS), onAsking);
  }
}
