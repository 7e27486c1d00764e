import type { Clock } from "../time/clock.ts";
import type { DeadlineScheduler, Scheduled } from "../time/scheduler.ts";

/** How long before the end a user is warned who has done nothing, at most; with a short limit half of it. */
const WARNING_MS = 60_000;

/** What an idle timer needs of its gateway. */
export interface IdleContext {
  readonly clock: Clock;
  readonly scheduler: DeadlineScheduler;
  /** How long a session may be without input, in milliseconds; null for no limit. */
  readonly idleTimeoutMs: number | null;
}

/** The session of an idle timer. */
export interface IdleHandler {
  /** @param endsInMs - when the session ends without input; null when there was input after a warning. */
  warnIdle(endsInMs: number | null): void;
  /** There was no input for the whole time. Called once, with the timer already stopped. */
  end(reason: "idle_timeout", detail: string): void;
}

/**
 * Ends a session after the configured time without input, and never earlier. Input only records the time: when the
 * scheduler calls, the timer checks how long ago the last input was, and waits for the rest.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #scheduler: DeadlineScheduler;
  readonly #timeoutMs: number;
  readonly #handler: IdleHandler;
  #lastInput = 0;
  #isWarned = false;
  #scheduled: Scheduled | undefined;

  private constructor(context: IdleContext, timeoutMs: number, handler: IdleHandler) {
    this.#clock = context.clock;
    this.#scheduler = context.scheduler;
    this.#timeoutMs = timeoutMs;
    this.#handler = handler;
  }

  /** A timer that does not run yet; undefined where sessions may be idle without limit. */
  static for(context: IdleContext, handler: IdleHandler): IdleTimer | undefined {
    const { idleTimeoutMs } = context;
    return idleTimeoutMs === null ? undefined : new IdleTimer(context, idleTimeoutMs, handler);
  }

  /** Starts to count, as if there had been input now. */
  start(): void {
    this.#lastInput = this.#clock.monotonic();
    this.#arm();
  }

  /** The user did something now. */
  onInput(): void {
    this.#lastInput = this.#clock.monotonic();
    if (!this.#isWarned) return;
    // The entry in the scheduler stays: it is due before the next warning.
    this.#isWarned = false;
    this.#handler.warnIdle(null);
  }

  stop(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
  }

  /** How long there may be no input until the timer acts. */
  get #patienceMs(): number {
    return this.#isWarned ? this.#timeoutMs : this.#timeoutMs - Math.min(WARNING_MS, this.#timeoutMs / 2);
  }

  #arm(): void {
    // No wall time: setting that clock forward must not disconnect an active user.
    const at = { monotonic: this.#lastInput + this.#patienceMs, wall: Infinity };
    this.#scheduled = this.#scheduler.schedule(at, () => {
      this.#scheduled = undefined;
      const idleMs = this.#clock.monotonic() - this.#lastInput;
      if (idleMs >= this.#timeoutMs) {
        this.#handler.end("idle_timeout", `there was no input for ${this.#timeoutMs / 1000} s`);
        return;
      }
      const isWarning = !this.#isWarned && idleMs >= this.#patienceMs;
      this.#isWarned ||= isWarning;
      this.#arm();
      if (isWarning) this.#handler.warnIdle(Math.ceil(this.#timeoutMs - idleMs));
    });
  }
}
