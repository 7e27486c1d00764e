import type { PageRequest } from "../paging.ts";
import type { Selection } from "./selection.ts";
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

/** Why sessions are ended by command. */
export interface EndCommand {
  readonly reason: "session_terminated" | "session_replaced";
  /** What the client is told. */
  readonly detail: string;
}

/**
 * Lists, inspects and ends the sessions of a gateway, whether one process or several run them. Every call ends
 * within a bounded time, and names the members that did not answer.
 */
export interface SessionControl {
  /**
   * Lists running sessions.
   *
   * @throws BadPage when there can be no such page.
   */
  list(page?: PageRequest): Promise<SessionList>;
  /** Inspects the running session with this id. */
  get(id: string): Promise<SessionLookup>;
  /** Ends the selected sessions. */
  end(selection: Selection, command: EndCommand): Promise<SessionsEnded>;
}
