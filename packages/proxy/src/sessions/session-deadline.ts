import { type Clock, earlier, type Instant, instantAt, overdue, timeLeft } from "../time/clock.ts";
import type { DeadlineScheduler, Scheduled } from "../time/scheduler.ts";
import type { TimeLeft } from "./control-messages.ts";

/** When sessions end and when clients are warned. Times in milliseconds. */
export interface DeadlinePolicy {
  /** Whether a grant's expiry ends the session. */
  readonly enforce: boolean;
  /** Longest life of a session, or null. */
  readonly maxDurationMs: number | null;
  /** Times before the deadline, longest first. */
  readonly warnBeforeMs: readonly number[];
}

/** The policy that a configuration asks for, whose times are in seconds. */
export function deadlinePolicy({
  consoleauth,
  sessions: { max_duration, warn_before },
}: {
  readonly consoleauth: { readonly enforce_session_timeout: boolean };
  readonly sessions: { readonly max_duration: number | null; readonly warn_before: readonly number[] };
}): DeadlinePolicy {
  return {
    enforce: consoleauth.enforce_session_timeout,
    maxDurationMs: max_duration === null ? null : max_duration * 1000,
    warnBeforeMs: warn_before.map((seconds) => seconds * 1000),
  };
}

export interface DeadlineEvents {
  /** The session ends in `leftMs` unless it is renewed. */
  expiring(leftMs: number): void;
  /** The deadline came `lateMs` ago. */
  expired(lateMs: number): void;
}

/** The one deadline of a session, with its warnings. It has at most one entry in the scheduler. */
export class SessionDeadline {
  readonly #clock: Clock;
  readonly #scheduler: DeadlineScheduler;
  readonly #policy: DeadlinePolicy;
  readonly #events: DeadlineEvents;
  /** The end of the longest life, counted from the session's start. */
  readonly #cap: Instant | undefined;
  #deadline: Instant | undefined;
  #scheduled: Scheduled | undefined;
  #warningsGiven = 0;
  #hasOutlived = false;

  constructor(clock: Clock, scheduler: DeadlineScheduler, policy: DeadlinePolicy, events: DeadlineEvents) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#policy = policy;
    this.#events = events;
    this.#cap = policy.maxDurationMs === null ? undefined : instantAt(clock, clock.wall() + policy.maxDurationMs);
  }

  /** Milliseconds left, or null when nothing will end the session. */
  get leftMs(): number | null {
    return this.#deadline === undefined ? null : timeLeft(this.#clock, this.#deadline);
  }

  /** The same, or Infinity. */
  get remainingMs(): number {
    return this.leftMs ?? Infinity;
  }

  /** Milliseconds since the deadline came by the monotonic clock; undefined while it lies ahead, or there is none. */
  get lateMs(): number | undefined {
    const deadline = this.#deadline;
    if (deadline === undefined || this.#clock.monotonic() < deadline.monotonic) return undefined;
    return overdue(this.#clock, deadline);
  }

  /** When the session ends, in milliseconds since the epoch, or null. */
  get wall(): number | null {
    return this.#deadline?.wall ?? null;
  }

  /** Whether the deadline is the end of the longest life, and not the expiry of the grant. */
  get isLongest(): boolean {
    return this.#deadline !== undefined && this.#deadline === this.#cap;
  }

  /** Whether a later grant would move the deadline. */
  get renewable(): boolean {
    return this.#policy.enforce && !this.isLongest;
  }

  /** As the client is told. */
  get timeLeft(): TimeLeft {
    const { leftMs, renewable } = this;
    return { expiresInMs: leftMs === null ? null : Math.floor(leftMs), renewable };
  }

  /** Sets or moves the deadline to the expiry of a grant, in milliseconds since the epoch. */
  set(expiresAt: number): void {
    const expiry = this.#policy.enforce ? instantAt(this.#clock, expiresAt) : undefined;
    const cap = this.#cap;
    this.#deadline = expiry === undefined || (cap !== undefined && cap.monotonic <= expiry.monotonic) ? cap : expiry;
    this.#warningsGiven = this.#warningsPast(this.leftMs ?? 0);
    this.#arm();
  }

  /**
   * Whether the session goes on only because expiry is not enforced. True once, even if it is renewed later.
   *
   * @param expiresAt - of the grant, in milliseconds since the epoch.
   */
  takeOutlived(expiresAt: number): boolean {
    if (this.#policy.enforce || this.#hasOutlived || expiresAt > this.#clock.wall()) return false;
    this.#hasOutlived = true;
    return true;
  }

  /** Cancels the warnings and the end. */
  clear(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
  }

  #arm(): void {
    this.clear();
    const deadline = this.#deadline;
    if (deadline === undefined) return;
    const warning = this.#policy.warnBeforeMs[this.#warningsGiven];
    if (warning === undefined) {
      this.#scheduled = this.#scheduler.schedule(deadline, () => this.#events.expired(overdue(this.#clock, deadline)));
    } else {
      this.#scheduled = this.#scheduler.schedule(earlier(deadline, warning), () => {
        const leftMs = timeLeft(this.#clock, deadline);
        // A clock set forward may have passed several at once, or the deadline, too.
        this.#warningsGiven = Math.max(this.#warningsGiven + 1, this.#warningsPast(leftMs));
        this.#arm();
        if (leftMs > 0) this.#events.expiring(leftMs);
      });
    }
  }

  /** How many of the warnings have had their time when `leftMs` are left. */
  #warningsPast(leftMs: number): number {
    return this.#policy.warnBeforeMs.findLastIndex((ms) => ms >= leftMs) + 1;
  }
}
