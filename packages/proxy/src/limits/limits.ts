import { randomUUID } from "node:crypto";
import { createLease, type Lease } from "./lease.ts";
import { type SlotRefusal, slotRefused } from "./slot-refusal.ts";
import {
  type AskedLeases,
  type LimitName,
  type LimitOptions,
  type SlotLease,
  type SlotRequest,
  Slots,
  type Verdict,
} from "./slots.ts";
import { askAll, type TakeoverAnswer, type TakeoverBy, whileAsking } from "./takeover.ts";

/** Counts sessions against the limits. */
export interface Limits {
  /**
   * Acquires a slot for a session whose token is valid. Unauthenticated connections are not counted. The session
   * must release the lease when it ends; if its process dies first, the lease expires with it.
   *
   * @param signal - aborts when the session ends before it has its slot; the slot is free again then.
   * @param onAsking - called when users are asked whether this session may take the place of theirs, and take their time.
   * @returns a promise only where another process or a user has to be asked.
   * @throws EndError `server_busy` when a limit is reached, `takeover_denied` when a user declines, also through the
   *   promise.
   */
  acquire(request: SlotRequest, signal: AbortSignal, onAsking: () => void): Lease | Promise<Lease>;
}

/** Limits that can be changed while sessions run, which go on even if they exceed them. */
export interface ConfigurableLimits extends Limits {
  configure(options: LimitOptions): void;
}

/** Limits that hold for several processes together. */
export interface SharedLimits extends ConfigurableLimits {
  /** Whether every session is to be counted there, whatever the limits are. */
  readonly countsAll: boolean;
  /** Counts leases whose sessions run already, even above a limit. */
  announce(leases: readonly SlotLease[]): void;
  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void;
}

/** What {@link Limits} are made with. */
export interface LimitContext {
  /** A session was refused. */
  readonly refused: (limit: LimitName, request: SlotRequest) => void;
  /** Ends a session as `session_replaced`, with what its client is told. */
  readonly replace: (session: string, detail: string) => void;
  /** Asks a session's user whether another one may take over, until `signal` aborts. */
  readonly ask: (session: string, by: TakeoverBy, signal: AbortSignal) => Promise<TakeoverAnswer>;
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
export function createLimits(options: LimitOptions, context: LimitContext, shared?: SharedLimits): ConfigurableLimits {
  if (shared === undefined) return new LocalLimits(options, context);
  return shared.countsAll ? shared : new WorkerLimits(options, context, shared);
}

/** Whether a limit is set that holds for all processes together. */
function hasSharedLimits({ max, max_per_client, max_per_instance, max_per_user }: LimitOptions): boolean {
  return max !== null || max_per_client !== null || max_per_instance !== null || max_per_user !== null;
}

/** The owner of every lease where one process counts its own sessions. */
const THIS_PROCESS = "this process";

/** Counts the sessions of this process. */
class LocalLimits implements ConfigurableLimits {
  readonly #slots: Slots<string>;
  readonly #context: LimitContext;
  readonly #released: (leaseId: string) => void;

  constructor(options: LimitOptions, context: LimitContext, released: (leaseId: string) => void = () => {}) {
    this.#slots = new Slots(options);
    this.#context = context;
    this.#released = released;
  }

  get leases(): readonly SlotLease[] {
    return this.#slots.leases;
  }

  configure(options: LimitOptions): void {
    this.#slots.configure(options);
  }

  acquire(request: SlotRequest, signal: AbortSignal, onAsking: () => void): Lease | Promise<Lease> {
    const lease = { ...request, id: randomUUID() };
    const verdict = this.#slots.acquire(lease, THIS_PROCESS);
    if (verdict.asks === undefined) return this.#settle(lease, verdict);
    return whileAsking(this.#acquireByAsking(lease, verdict.asks, signal), onAsking);
  }

  async #acquireByAsking(lease: SlotLease, { limit, of }: AskedLeases<string>, signal: AbortSignal): Promise<Lease> {
    const by = { session: lease.session, user: lease.user };
    const answer = await askAll(of, ({ lease: { session } }, until) => this.#context.ask(session, by, until), signal);
    // Of a session that has left, no user may be replaced.
    if (signal.aborted) throw slotRefused({ limit, answer: "unanswered" });
    if (answer !== undefined) throw this.#refuse(lease, { limit, answer });
    return this.#settle(lease, this.#slots.acquire(lease, THIS_PROCESS, of));
  }

  #settle(lease: SlotLease, { refusedBy, replaces }: Verdict<string>): Lease {
    for (const { lease: replaced } of replaces) {
      this.#context.replace(replaced.session, describeReplacement(replaced, lease));
      this.#slots.release(replaced.id);
    }
    if (refusedBy !== undefined) throw this.#refuse(lease, { limit: refusedBy });
    return createLease(lease.id, () => {
      this.#slots.release(lease.id);
      this.#released(lease.id);
    });
  }

  #refuse(request: SlotRequest, refusal: SlotRefusal): Error {
    this.#context.refused(refusal.limit, request);
    return slotRefused(refusal);
  }
}

/**
 * Counts the sessions of one of several processes. Without a limit that they share, what only this process can exceed is
 * not worth asking another: then only tokens that limit their own sessions are counted for all of them.
 */
class WorkerLimits implements ConfigurableLimits {
  readonly #local: LocalLimits;
  readonly #shared: SharedLimits;
  /** Stays so once it was: the sessions that were counted there are not known here. */
  #isShared: boolean;

  constructor(options: LimitOptions, context: LimitContext, shared: SharedLimits) {
    this.#shared = shared;
    this.#isShared = hasSharedLimits(options);
    this.#local = new LocalLimits(options, context, (leaseId) => {
      if (this.#isShared) shared.release(leaseId);
    });
  }

  configure(options: LimitOptions): void {
    this.#local.configure(options);
    if (this.#isShared || !hasSharedLimits(options)) return;
    this.#isShared = true;
    this.#shared.announce(this.#local.leases);
  }

  acquire(request: SlotRequest, signal: AbortSignal, onAsking: () => void): Lease | Promise<Lease> {
    const isShared = this.#isShared || request.maxSessions !== undefined;
    return (isShared ? this.#shared : this.#local).acquire(request, signal, onAsking);
  }
}
