import type { Clock } from "../time/clock.ts";
import type { DeadlineScheduler, Scheduled } from "../time/scheduler.ts";
import { RfbUserInput } from "../consoles/rfb/user-input.ts";
import type { ConsoleType } from "../tokens/grant.ts";

/** What an idle clock needs of its gateway. */
export interface IdleContext {
  readonly clock: Clock;
  readonly scheduler: DeadlineScheduler;
  /** How long a session may be without input, in milliseconds; null for ever. */
  readonly idleTimeoutMs: number | null;
}

/**
 * Ends a session whose user has given no input for the configured time; not a moment before it. Input
 * only notes the time: when the scheduler calls, the clock looks how long ago the last one was, and
 * goes on waiting for the rest.
 */
export class IdleTimer {
  readonly #clock: Clock;
  readonly #scheduler: DeadlineScheduler;
  readonly #timeoutMs: number;
  readonly #onIdle: () => void;
  /** Finds the input in a VNC client's bytes; every byte to a serial console is input. */
  readonly #rfb: RfbUserInput | undefined;
  #lastInput = 0;
  #scheduled: Scheduled | undefined;

  private constructor(context: IdleContext, timeoutMs: number, type: ConsoleType, onIdle: () => void) {
    this.#clock = context.clock;
    this.#scheduler = context.scheduler;
    this.#timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
    this.#rfb = type === "vnc" ? new RfbUserInput() : undefined;
  }

  /**
   * A clock that does not run yet; undefined where sessions may be idle for ever.
   *
   * @param onIdle - called once, with the clock already stopped.
   */
  static for(context: IdleContext, type: ConsoleType, onIdle: () => void): IdleTimer | undefined {
    const { idleTimeoutMs } = context;
    return idleTimeoutMs === null ? undefined : new IdleTimer(context, idleTimeoutMs, type, onIdle);
  }

  /** Begins to count, as if there had been input now. */
  start(): void {
    this.#lastInput = this.#clock.monotonic();
    this.#arm();
  }

  /** Takes the next bytes that the client sends to the console. */
  take(bytes: Uint8Array): void {
    const input = this.#rfb === undefined ? bytes.length > 0 : this.#rfb.take(bytes);
    if (input) this.#lastInput = this.#clock.monotonic();
  }

  stop(): void {
    this.#scheduled?.cancel();
    this.#scheduled = undefined;
  }

  #arm(): void {
    // No wall time: somebody who works is not to be cut because an administrator sets it forward.
    const at = { monotonic: this.#lastInput + this.#timeoutMs, wall: Infinity };
    this.#scheduled = this.#scheduler.schedule(at, () => {
      this.#scheduled = undefined;
      if (this.#clock.monotonic() - this.#lastInput < this.#timeoutMs) this.#arm();
      else this.#onIdle();
    });
  }
}
