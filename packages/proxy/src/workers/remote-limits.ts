import { EndError } from "../end-reason.ts";
import { type LimitContext, limitReached, type Limits } from "../limits/limits.ts";
import type { SlotRequest } from "../limits/slots.ts";
import type { PrimaryChannel } from "./messages.ts";

/** In a worker: the primary counts the sessions of all. */
export class RemoteLimits implements Limits {
  readonly #primary: PrimaryChannel;
  readonly #context: LimitContext;
  /** Sessions that hold a slot or have asked for one. */
  readonly #asked = new Set<string>();

  constructor(primary: PrimaryChannel, context: LimitContext) {
    this.#primary = primary;
    this.#context = context;
  }

  async acquire(slot: SlotRequest): Promise<void> {
    this.#asked.add(slot.session);
    const refusedBy = await this.#primary.ask({ type: "acquire", slot }).catch((cause: unknown) => {
      throw new EndError("server_busy", "the gateway's sessions cannot be counted", { cause });
    });
    if (refusedBy === null) return;
    this.#context.refused(refusedBy);
    throw limitReached(refusedBy);
  }

  release(session: string): void {
    // Also when no answer has come yet: this arrives after the question.
    if (this.#asked.delete(session)) this.#primary.tell({ type: "release", session });
  }
}
