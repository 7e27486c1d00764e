import { EndError } from "./end-reason.ts";
import { type LimitOptions, Places } from "./places.ts";

/** The options under `sessions` that limit how many run at once. */
export const LIMIT_NAMES = ["max", "max_per_client", "max_per_instance"] as const;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** A session as the limits see it. */
export interface Place {
  readonly session: string;
  /** The client's IP address. */
  readonly client: string;
  /** The virtual machine; a session whose token names none counts only for the other limits. */
  readonly instance: string | undefined;
}

/** Who counts the sessions against the limits. */
export interface Limits {
  /**
   * Takes a place for a session whose token is good; strangers take none.
   *
   * @returns a promise only where somebody else has to be asked.
   * @throws EndError `server_busy` when a limit is reached, also through the promise.
   */
  take(place: Place): void | Promise<void>;
  /** Must follow each `take`, once the session has ended. Does nothing for a session without a place. */
  giveBack(session: string): void;
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

/** Why a session got no place, in words that name the limit. */
export function limitReached(limit: LimitName): EndError {
  return new EndError("server_busy", `the gateway is at its limit sessions.${limit}`);
}

/** Counts the sessions of this process. */
export class LocalLimits implements Limits {
  readonly #places: Places;
  readonly #context: LimitContext;

  constructor(options: LimitOptions, context: LimitContext) {
    this.#places = new Places(options);
    this.#context = context;
  }

  take(place: Place): void {
    const { refusedBy, replaces } = this.#places.take(place);
    if (replaces !== undefined) this.#context.replace(replaces);
    if (refusedBy === undefined) return;
    this.#context.refused(refusedBy);
    throw limitReached(refusedBy);
  }

  giveBack(session: string): void {
    this.#places.giveBack(session);
  }
}
