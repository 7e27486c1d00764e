import { type ELDHistogram, monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 10;

/** How many windows the last minute has. */
const WINDOWS = 6;

/** How long a window lasts, in milliseconds. */
const WINDOW_MS = 10_000;

/**
 * The longest delay of the event loop in the last minute, however many scrapers read it. The first reading starts the
 * measurement, so a gateway that is never scraped does not pay for it. Its timers do not keep the process alive.
 */
export class EventLoopDelay {
  #histogram: ELDHistogram | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The longest delay in each window that is over, in seconds, newest first. */
  #past: readonly number[] = [];

  /** In seconds; 0 at the first reading. */
  readLongest(): number {
    if (this.#histogram === undefined) this.#start();
    return Math.max(this.#current(), ...this.#past);
  }

  stop(): void {
    this.#histogram?.disable();
    clearInterval(this.#timer);
  }

  #start(): void {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#past = [this.#current(), ...this.#past].slice(0, WINDOWS - 1);
      this.#histogram?.reset();
    }, WINDOW_MS).unref();
  }

  /** Of the window that is not over. */
  #current(): number {
    // The histogram records the time between two ticks, which are RESOLUTION_MS apart on an idle loop.
    const longestMs = (this.#histogram?.max ?? 0) / 1e6 - RESOLUTION_MS;
    return Math.max(0, longestMs) / 1000;
  }
}
