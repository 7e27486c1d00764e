import type { PageRequest } from "../paging.ts";
import type { GrantFilter } from "../tokens/grant.ts";
import type { Lock, LockEffect } from "../tokens/lock.ts";
import type { EndCommand, Selection } from "./selection.ts";
import type { SessionView } from "./session-view.ts";

/** A process that did not answer. */
export interface UnavailableMember {
  /** Such as `worker 4711`. */
  readonly member: string;
  /** Why there was no answer. */
  readonly reason: string;
}

/** An answer of all processes that run sessions, with those that could not be asked. */
export interface MemberAnswers {
  /** Empty when the answer is complete. */
  readonly unavailable: readonly UnavailableMember[];
  /** Processes that did not respond and were ended with all their sessions while they were asked. */
  readonly replaced: readonly UnavailableMember[];
}

/** The answer of {@link SessionControl.list}. */
export interface SessionList extends MemberAnswers {
  /** Oldest first. */
  readonly sessions: readonly SessionView[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: string | undefined;
}

/** The answer of {@link SessionControl.get}. */
export interface SessionLookup extends MemberAnswers {
  /** Undefined when none of the members that answered runs it. */
  readonly session: SessionView | undefined;
}

/** The answer of {@link SessionControl.end}. */
export interface SessionsEnded extends MemberAnswers {
  /** How many sessions were ended. */
  readonly ended: number;
}

/** The answer of {@link SessionControl.extend}. */
export interface SessionExtended extends SessionLookup {
  /** Why its deadline was not moved; undefined when it was, or there is no such session. */
  readonly refused: string | undefined;
}

/**
 * Lists, inspects and ends the sessions of a gateway, whether one process or several run them. Every call ends
 * within a bounded time, and names the members that did not answer.
 */
export interface SessionControl {
  /**
   * Lists running sessions.
   *
   * @param filter - which of them; all by default.
   * @throws BadPage when there can be no such page.
   */
  list(page?: PageRequest, filter?: GrantFilter): Promise<SessionList>;
  /** Inspects the running session with this id. */
  get(id: string): Promise<SessionLookup>;
  /** Ends the selected sessions. */
  end(selection: Selection, command: EndCommand): Promise<SessionsEnded>;
  /**
   * Moves the deadline of the running session with this id.
   *
   * @param expiresAt - milliseconds since the epoch.
   */
  extend(id: string, expiresAt: number): Promise<SessionExtended>;
  /** Puts a lock in force, and ends the sessions that it applies to. */
  lock(lock: Lock): Promise<MemberAnswers & LockEffect>;
  /** Lifts the lock with this id. */
  unlock(id: string): Promise<MemberAnswers>;
}
