import { type ELDHistogram, monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 10;

/**
 * The longest delay of the event loop. The first reading starts the measurement, so a gateway that is never scraped
 * does not pay for it. Its timer does not keep the process alive.
 */
export class EventLoopDelay {
  #histogram: ELDHistogram | undefined;

  /** The longest delay since the last reading, in seconds; 0 at the first one. */
  takeLongest(): number {
    if (this.#histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
    }
    // The histogram records the time between two ticks, which are RESOLUTION_MS apart on an idle loop.
    const longestMs = this.#histogram.max / 1e6 - RESOLUTION_MS;
    this.#histogram.reset();
    return Math.max(0, longestMs) / 1000;
  }

  stop(): void {
    this.#histogram?.disable();
  }
}
