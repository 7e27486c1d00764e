import { randomUUID } from "node:crypto";
import { EndError } from "../end-reason.ts";
import { createLease, type Lease } from "./lease.ts";
import { type LimitName, type LimitOptions, type SlotRequest, Slots } from "./slots.ts";

/** Counts sessions against the limits. */
export interface Limits {
  /**
   * Acquires a slot for a session whose token is valid. Unauthenticated connections are not counted. The session
   * must release the lease when it ends; if its process dies first, the lease expires with it.
   *
   * @param signal - aborts when the session ends before it has its slot; the slot is free again then.
   * @returns a promise only where another process has to be asked.
   * @throws EndError `server_busy` when a limit is reached, also through the promise.
   */
  acquire(request: SlotRequest, signal: AbortSignal): Lease | Promise<Lease>;
}

/** What {@link Limits} are made with. */
export interface LimitContext {
  /** A session was refused. */
  readonly refused: (limit: LimitName, request: SlotRequest) => void;
  /** Ends a session as `session_replaced`, with what its client is told. */
  readonly replace: (session: string, detail: string) => void;
}

/** What the client of a replaced session is told: who replaced it, where that is known. */
export function describeReplacement(replaced: SlotRequest, { user, instance }: SlotRequest): string {
  const isSameConsole = instance !== undefined && replaced.instance === instance;
  if (user === undefined) return "another session took the console over";
  if (user !== replaced.user) return `${user} took the console over`;
  return isSameConsole ? "you opened the console once more" : "you opened another console";
}

/**
 * The limits of a process.
 *
 * @param shared - count the sessions of all processes; undefined where there is only this one.
 */
export function createLimits(options: LimitOptions, context: LimitContext, shared?: Limits): Limits {
  if (shared === undefined) return new LocalLimits(options, context);
  // What only this process can exceed is not worth asking another.
  return hasSharedLimits(options) ? shared : new TokenLimits(new LocalLimits(options, context), shared);
}

/** Whether a limit is set that holds for all processes together. */
function hasSharedLimits({ max, max_per_client, max_per_instance, max_per_user }: LimitOptions): boolean {
  return max !== null || max_per_client !== null || max_per_instance !== null || max_per_user !== null;
}

/** What a client is told at a limit. */
const REACHED: Readonly<Record<LimitName, string>> = {
  max: "the gateway has as many sessions as it may have",
  max_per_client: "your address has as many sessions as it may have",
  max_per_token: "the token has as many sessions as it may have",
  max_per_instance: "the machine has as many sessions as it may have",
  max_per_user: "the user has as many sessions as it may have",
};

/** The refusal of a session at a limit; the log has the limit's name. */
export function limitReached(limit: LimitName): EndError {
  return new EndError("server_busy", REACHED[limit], { cause: `the limit sessions.${limit} is reached` });
}

/** The owner of every lease where one process counts its own sessions. */
const THIS_PROCESS = "this process";

/** Counts the sessions of this process. */
class LocalLimits implements Limits {
  readonly #slots: Slots<string>;
  readonly #context: LimitContext;

  constructor(options: LimitOptions, context: LimitContext) {
    this.#slots = new Slots(options);
    this.#context = context;
  }

  acquire(request: SlotRequest): Lease {
    const lease = { ...request, id: randomUUID() };
    const { refusedBy, replaces } = this.#slots.acquire(lease, THIS_PROCESS);
    for (const { lease: replaced } of replaces) {
      this.#context.replace(replaced.session, describeReplacement(replaced, lease));
    }
    if (refusedBy !== undefined) {
      this.#context.refused(refusedBy, request);
      throw limitReached(refusedBy);
    }
    return createLease(lease.id, () => this.#slots.release(lease.id));
  }
}

/**
 * Counts the sessions of a process where no limit is configured that processes share: only tokens that limit their own
 * sessions are counted for all of them.
 */
class TokenLimits implements Limits {
  readonly #local: Limits;
  readonly #shared: Limits;

  constructor(local: Limits, shared: Limits) {
    this.#local = local;
    this.#shared = shared;
  }

  acquire(request: SlotRequest, signal: AbortSignal): Lease | Promise<Lease> {
    return (request.maxSessions === undefined ? this.#local : this.#shared).acquire(request, signal);
  }
}
