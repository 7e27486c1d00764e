import type { EventSink } from "../telemetry/events.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import type { Clock } from "../time/clock.ts";
import { RateLimit } from "../time/rate-limit.ts";

/** How often a client may ask for a renewal: people and pages do so a few times an hour. */
const RENEWALS = { burst: 10, everyMs: 5000 };

/** What limits need of their gateway. */
interface LimitContext {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** Limits how often one client asks for a renewal, and reports what is above the limit. */
export class RenewalLimit {
  #limit: RateLimit | undefined;
  #refused = 0;

  /** Whether the client may ask now. */
  take(session: SessionInfo, context: LimitContext): boolean {
    // Most sessions never renew.
    this.#limit ??= new RateLimit(context.clock, RENEWALS);
    const isAllowed = this.#limit.take();
    if (isAllowed) this.reportRefused(session, context);
    else this.#refused += 1;
    return isAllowed;
  }

  /** Reports how many were refused since the last report, all at once: a client could ask thousands of times a second. */
  reportRefused(session: SessionInfo, { events }: Pick<LimitContext, "events">): void {
    const count = this.#refused;
    this.#refused = 0;
    if (count > 0) events.notify({ type: "renewals_limited", session, count });
  }
}
