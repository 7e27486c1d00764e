import type { EventObserver, GatewayEvent } from "../telemetry/events.ts";
import { timerDelay } from "../time/delay.ts";

/** When websockify exits by itself. */
export interface LifetimeOptions {
  /** Whether it serves a single session. */
  readonly runOnce: boolean;
  /** How long it accepts sessions, in milliseconds; 0 for ever. Those that run then may go on. */
  readonly timeoutMs: number;
  /** How long it may be without a session, in milliseconds; 0 for ever. */
  readonly idleTimeoutMs: number;
}

/**
 * Ends the gateway.
 *
 * @param why - for the log.
 * @param drainMs - how long running sessions may go on, in milliseconds.
 */
export type Stop = (why: string, drainMs: number) => void;

/** Counts the sessions of a gateway, and stops it as the options of websockify's command line say. */
export class Lifetime implements EventObserver {
  readonly name = "websockify";
  readonly #options: LifetimeOptions;
  readonly #stop: Stop;
  /** Those whose token was valid: a client that is refused has no session. */
  readonly #sessions = new Set<string>();
  #idle: NodeJS.Timeout | undefined;

  constructor(options: LifetimeOptions, stop: Stop) {
    this.#options = options;
    this.#stop = stop;
  }

  /** The gateway listens from now on. */
  start(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs > 0) {
      setTimeout(() => this.#stop("exit due to --timeout", Infinity), timerDelay(timeoutMs)).unref();
    }
    this.#watchIdle();
  }

  notify(event: GatewayEvent): void {
    if (event.type === "session_requested") {
      this.#sessions.add(event.session.id);
      clearTimeout(this.#idle);
    } else if (event.type === "session_ended" && this.#sessions.delete(event.session.id)) {
      if (this.#options.runOnce) this.#stop("exit due to --run-once", 0);
      else if (this.#sessions.size === 0) this.#watchIdle();
    }
  }

  #watchIdle(): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === 0 || this.#sessions.size > 0) return;
    this.#idle = setTimeout(() => this.#stop("exit due to --idle-timeout", 0), timerDelay(idleTimeoutMs)).unref();
  }
}
