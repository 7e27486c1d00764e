import type { Clock } from "../time/clock.ts";
import type { DeadlineScheduler, Scheduled } from "../time/scheduler.ts";

/** What an idle timer needs of its gateway. */
export interface IdleContext {
  readonly clock: Clock;
  readonly scheduler: DeadlineScheduler;
  /** How long a session may be without input, in milliseconds; null for no limit. */
  readonly idleTimeoutMs: number | null;
}

/**
 * Ends a session after the configured time without input, and never earlier. Input only records the time: when the
 * scheduler calls, the timer checks how long ago the last input was, and waits for the rest.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #scheduler: DeadlineScheduler;
  readonly #timeoutMs: number;
  readonly #onIdle: () => void;
  #lastInput = 0;
  #scheduled: Scheduled | undefined;

  private constructor(context: IdleContext, timeoutMs: number, onIdle: () => void) {
    this.#clock = context.clock;
    this.#scheduler = context.scheduler;
    this.#timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
  }

  /**
   * A timer that does not run yet; undefined where sessions may be idle without limit.
   *
   * @param onIdle - called once, with the timer already stopped.
   */
  static for(context: IdleContext, onIdle: () => void): IdleTimer | undefined {
    const { idleTimeoutMs } = context;
    return idleTimeoutMs === null ? undefined : new IdleTimer(context, idleTimeoutMs, onIdle);
  }

  /** Starts to count, as if there had been input now. */
  start(): void {
    this.#lastInput = this.#clock.monotonic();
    this.#arm();
  }

  /** The user did something now. */
  onInput(): void {
    this.#lastInput = this.#clock.monotonic();
  }

  stop(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
  }

  #arm(): void {
    // No wall time: setting that clock forward must not disconnect an active user.
    const at = { monotonic: this.#lastInput + this.#timeoutMs, wall: Infinity };
    this.#scheduled = this.#scheduler.schedule(at, () => {
      this.#scheduled = undefined;
      if (this.#clock.monotonic() - this.#lastInput < this.#timeoutMs) this.#arm();
      else this.#onIdle();
    });
  }
}
