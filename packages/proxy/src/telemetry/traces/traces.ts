import type { EventObserver } from "../events.ts";
import type { SessionInfo } from "../session-info.ts";

/**
 * A step of a session until it is open: the look-up of the token, all that may still refuse it, the connection to the
 * target, and the target's handshake. A channel that `joined` another session has none of its own.
 */
export type SetupStep = "lookup" | "admission" | "dial" | "handshake" | "joined";

/** Traces how sessions are set up. */
export interface Traces {
  /** Hears when the token is valid, when a session is open, and when it has ended. */
  readonly observer: EventObserver;
  /**
   * A session begins a step; the one before is over.
   *
   * @param traceparent - header of its request, from a proxy that is trusted. For the first step.
   */
  enter(session: SessionInfo, step: SetupStep, traceparent?: string): void;
  /** Sends what is left, for at most a second. */
  close(): Promise<void>;
}
