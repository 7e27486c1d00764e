import type { MetricsExposition, MetricsSnapshot } from "./exposition.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Reads metrics for a scrape. The first scrape loads the library that writes Prometheus' text format, which
 * costs more memory and time than a gateway needs to start.
 */
export class MetricsReader {
  readonly #metrics: Metrics;
  #exposition: Promise<MetricsExposition> | undefined;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    return await (await this.#open()).text();
  }

  /** For a gateway of several processes, which adds them up. */
  async snapshot(): Promise<MetricsSnapshot> {
    return await (await this.#open()).snapshot();
  }

  async #open(): Promise<MetricsExposition> {
    this.#exposition ??= import("./exposition.ts").then(
      ({ MetricsExposition: Exposition }) => new Exposition(this.#metrics),
    );
    return await this.#exposition;
  }
}
