import { EndError } from "../end-reason.ts";
import { type LimitName, type LimitOptions, type SlotRequest, Slots } from "./slots.ts";

/** Counts the sessions against the limits. */
export interface Limits {
  /**
   * Acquires a slot for a session whose token is valid. Unauthenticated connections are not counted.
   *
   * @returns a promise only where another process has to be asked.
   * @throws EndError `server_busy` when a limit is reached, also through the promise.
   */
  acquire(slot: SlotRequest): void | Promise<void>;
  /** Must follow each `acquire`, once the session has ended. Does nothing for a session without a slot. */
  release(session: string): void;
}

/** What {@link Limits} are made with. */
export interface LimitContext {
  /** A session was refused. */
  readonly refused: (limit: LimitName) => void;
  /** Ends a session as `session_replaced`. */
  readonly replace: (session: string) => void;
}

/** What the client of a session is told that another one has replaced. */
export const REPLACED = "another session took the console over";

/** Whether any limit is set. */
export function hasLimits({ max, max_per_client, max_per_instance }: LimitOptions): boolean {
  return max !== null || max_per_client !== null || max_per_instance !== null;
}

/** The refusal of a session at a limit; its message names the limit. */
export function limitReached(limit: LimitName): EndError {
  return new EndError("server_busy", `the gateway is at its limit sessions.${limit}`);
}

/** Counts the sessions of this process. */
export class LocalLimits implements Limits {
  readonly #slots: Slots;
  readonly #context: LimitContext;

  constructor(options: LimitOptions, context: LimitContext) {
    this.#slots = new Slots(options);
    this.#context = context;
  }

  acquire(slot: SlotRequest): void {
    const { refusedBy, replaces } = this.#slots.acquire(slot);
    if (replaces !== undefined) this.#context.replace(replaces);
    if (refusedBy === undefined) return;
    this.#context.refused(refusedBy);
    throw limitReached(refusedBy);
  }

  release(session: string): void {
    this.#slots.release(session);
  }
}
