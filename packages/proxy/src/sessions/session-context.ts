import type { ServerCloseReason } from "@curfew/protocol";
import type { Limits } from "../limits/limits.ts";
import type { Tap } from "../relay/tap.ts";
import type { EventSink } from "../telemetry/events.ts";
import type { SessionEnd, SessionInfo } from "../telemetry/session-info.ts";
import type { Traces } from "../telemetry/traces/traces.ts";
import type { DeadlineScheduler } from "../time/scheduler.ts";
import type { AdmissionContext } from "./admission.ts";
import type { ChannelContext } from "./channel.ts";
import type { IdleContext } from "./idle-timer.ts";
import type { DeadlinePolicy } from "./session-deadline.ts";

/** How far a session has come; `asking` while it waits for the answer of the user whose place it would take. */
export type SessionPhase = "resolving" | "asking" | "dialing" | "relaying" | "ended";

/** How the gateway ends a session. */
export type ServerEnd = SessionEnd & { readonly reason: ServerCloseReason };

/** What every session of a gateway shares. */
export interface SessionContext<Session> extends AdmissionContext, ChannelContext, IdleContext {
  readonly scheduler: DeadlineScheduler;
  readonly policy: DeadlinePolicy;
  readonly limits: Limits;
  /** Makes the taps of one channel, which see what its target sends. @defaultValue none */
  readonly createTaps?: (session: SessionInfo) => readonly Tap[];
  readonly events: EventSink;
  /** Hears of each step until a session is open. @defaultValue nothing is traced */
  readonly traces?: Pick<Traces, "enter"> | undefined;
  readonly lifecycle: SessionLifecycle<Session>;
  /** Runs the rest of a mass expiry in slices, in the order in which it is handed over. */
  readonly defer: (task: () => void) => void;
}

/** What a session reports to the registry. */
export interface SessionLifecycle<Session> {
  /** No byte passes any more. */
  ended(session: Session): void;
  /** All sockets are gone. */
  closed(session: Session): void;
  /**
   * Hands the only channel of a session that has not dialed over to the one that it belongs to.
   *
   * @param number - as the target numbered that session.
   * @throws EndError when there is no such session, or it takes no more channels.
   */
  join(session: Session, number: number): void;
}
