import type { MetricsExposition, MetricsSnapshot } from "./exposition.ts";
import type { Metrics } from "./metrics.ts";

/** Reads metrics for a scrape. */
export class MetricsReader {
  /** Loads the library that writes Prometheus' text format. Nothing is loaded later: an upgrade may replace the files. */
  readonly #exposition: Promise<MetricsExposition>;

  constructor(metrics: Metrics) {
    this.#exposition = import("./exposition.ts").then(({ MetricsExposition: Exposition }) => new Exposition(metrics));
    // Whoever waits for it handles the rejection.
    this.#exposition.catch(() => {});
  }

  /** @throws Error when the library cannot be loaded. */
  async loaded(): Promise<void> {
    await this.#exposition;
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    return await (await this.#exposition).text();
  }

  /** For a gateway of several processes, which adds them up. */
  async snapshot(): Promise<MetricsSnapshot> {
    return await (await this.#exposition).snapshot();
  }
}
