import type { WebSocket } from "ws";

/** Why a client is not read for now. */
export type HoldReason =
  /** There is no target to write to yet. */
  | "opening"
  /** The target has not taken what came before. */
  | "target_behind"
  /** The client does not read the answers that it asks for. */
  | "answers_unread";

/** Reads the client only while nothing speaks against it: this bounds what it can make the gateway hold. */
export class Intake {
  readonly #client: WebSocket;
  readonly #held = new Set<HoldReason>();

  constructor(client: WebSocket) {
    this.#client = client;
  }

  /** Says whether the reason is a new one. */
  hold(reason: HoldReason): boolean {
    if (this.#held.has(reason)) return false;
    this.#held.add(reason);
    this.#client.pause();
    return true;
  }

  release(reason: HoldReason): void {
    if (this.#held.delete(reason) && this.#held.size === 0) this.#client.resume();
  }
}
