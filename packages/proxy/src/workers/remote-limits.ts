import { EndError } from "../sessions/end-reason.ts";
import { type LimitContext, limitReached, type Limits, type Place } from "../sessions/limits.ts";
import type { PrimaryChannel } from "./worker.ts";

/** In a worker: the primary counts the sessions of all. */
export class RemoteLimits implements Limits {
  readonly #primary: PrimaryChannel;
  readonly #context: LimitContext;
  /** Sessions that hold a place or have asked for one. */
  readonly #asked = new Set<string>();

  constructor(primary: PrimaryChannel, context: LimitContext) {
    this.#primary = primary;
    this.#context = context;
  }

  async take(place: Place): Promise<void> {
    this.#asked.add(place.session);
    const refusedBy = await this.#primary.ask({ type: "take", place }).catch((cause: unknown) => {
      throw new EndError("server_busy", "the gateway's sessions cannot be counted", { cause });
    });
    if (refusedBy === null) return;
    this.#context.refused(refusedBy);
    throw limitReached(refusedBy);
  }

  giveBack(session: string): void {
    // Also when no answer has come yet: this arrives after the question.
    if (this.#asked.delete(session)) this.#primary.tell({ type: "give_back", session });
  }
}
