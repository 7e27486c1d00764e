import { type LimitName, type Place, REPLACED } from "../sessions/limits.ts";
import { type LimitOptions, Places } from "../sessions/places.ts";
import { ChannelClosed } from "./channel.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** In the primary: the places of the sessions of all workers. */
export class SharedPlaces {
  readonly #places: Places;
  readonly #owners = new Map<string, WorkerProcess>();

  constructor(options: LimitOptions) {
    this.#places = new Places(options);
  }

  /**
   * Takes a place for a worker's session, and waits until the session that it replaces has ended.
   *
   * @returns the limit that refuses it, or null.
   * @throws Error when the replaced session's worker does not answer; the place is free then.
   */
  async take(place: Place, owner: WorkerProcess): Promise<LimitName | null> {
    const { refusedBy, replaces } = this.#places.take(place);
    if (refusedBy !== undefined) return refusedBy;
    this.#owners.set(place.session, owner);
    if (replaces === undefined) return null;
    try {
      await this.#replace(replaces);
    } catch (error) {
      this.giveBack(place.session);
      throw error;
    }
    return null;
  }

  giveBack(session: string): void {
    this.#places.giveBack(session);
    this.#owners.delete(session);
  }

  /** Frees the places of a worker that has ended. */
  giveBackAll(owner: WorkerProcess): void {
    for (const [session, worker] of this.#owners) if (worker === owner) this.giveBack(session);
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
