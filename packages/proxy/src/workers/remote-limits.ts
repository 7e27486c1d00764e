import { randomUUID } from "node:crypto";
import { EndError } from "../end-reason.ts";
import { createLease, type Lease } from "../limits/lease.ts";
import { type LimitContext, limitReached, type Limits } from "../limits/limits.ts";
import type { SlotRequest } from "../limits/slots.ts";
import type { PrimaryChannel } from "./messages.ts";

/** In a worker: the primary counts the sessions of all workers. */
export class RemoteLimits implements Limits {
  readonly #primary: PrimaryChannel;
  readonly #context: LimitContext;

  constructor(primary: PrimaryChannel, context: LimitContext) {
    this.#primary = primary;
    this.#context = context;
  }

  async acquire(request: SlotRequest, signal: AbortSignal): Promise<Lease> {
    const id = randomUUID();
    const lease = createLease(id, () => this.#primary.tell({ type: "release", leaseId: id }));
    // The release arrives after the request, so it also frees a slot that has not been granted yet.
    signal.addEventListener("abort", lease.release, { once: true });
    try {
      const refusedBy = await this.#primary
        .ask({ type: "acquire", lease: { ...request, id } })
        .catch((cause: unknown) => {
          lease.release();
          throw new EndError("server_busy", "the gateway's sessions cannot be counted", { cause });
        });
      if (refusedBy === null) return lease;
      this.#context.refused(refusedBy, request);
      throw limitReached(refusedBy);
    } finally {
      signal.removeEventListener("abort", lease.release);
    }
  }
}
