import { type ELDHistogram, monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 10;

/**
 * How late the event loop was at worst. A gateway that nobody asks pays nothing for it: the first reading begins it.
 * Its timer keeps no process alive.
 */
export class EventLoopDelay {
  #histogram: ELDHistogram | undefined;

  /** The longest delay since the last reading, in seconds; 0 at the first one. */
  takeLongest(): number {
    if (this.#histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
    }
    // What it records is the time between two ticks, and they are meant to be that far apart.
    const longestMs = this.#histogram.max / 1e6 - RESOLUTION_MS;
    this.#histogram.reset();
    return Math.max(0, longestMs) / 1000;
  }

  stop(): void {
    this.#histogram?.disable();
  }
}
