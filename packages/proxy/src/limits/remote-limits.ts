import { randomUUID } from "node:crypto";
import { EndError } from "../end-reason.ts";
import { createLease, type Lease } from "./lease.ts";
import type { LimitContext, SharedLimits } from "./limits.ts";
import { type SlotRefusal, slotRefused } from "./slot-refusal.ts";
import type { LimitName, LimitOptions, SlotLease, SlotRequest } from "./slots.ts";
import { whileAsking } from "./takeover.ts";

/** What counts sessions for other processes, too. A release that follows an acquisition also takes effect after it. */
export interface SlotKeeper {
  /** @returns the limit that refuses the session; null when it has its slot, `ask` when users have to be asked first. */
  acquire(lease: SlotLease): Promise<LimitName | "ask" | null>;
  /** The same, after users were asked; takes as long as they do. */
  acquireByAsking(lease: SlotLease): Promise<SlotRefusal | null>;
  announce(leases: readonly SlotLease[]): void;
  release(leaseId: string): void;
  configure(options: LimitOptions): void;
}

/** The limits where another process, or a store, counts the sessions. */
export class RemoteLimits implements SharedLimits {
  readonly #keeper: SlotKeeper;
  readonly #context: Pick<LimitContext, "refused">;
  readonly countsAll: boolean;

  /** @param countsAll - as in {@link SharedLimits}. */
  constructor(keeper: SlotKeeper, context: Pick<LimitContext, "refused">, countsAll: boolean) {
    this.#keeper = keeper;
    this.#context = context;
    this.countsAll = countsAll;
  }

  configure(options: LimitOptions): void {
    this.#keeper.configure(options);
  }

  announce(leases: readonly SlotLease[]): void {
    this.#keeper.announce(leases);
  }

  release(leaseId: string): void {
    this.#keeper.release(leaseId);
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
    const answer = await this.#keeper.acquire(lease);
    if (answer !== "ask") return answer === null ? null : { limit: answer };
    // Its release would arrive before the second request.
    signal.throwIfAborted();
    return await whileAsking(this.#keeper.acquireByAsking(lease), onAsking);
  }
}
