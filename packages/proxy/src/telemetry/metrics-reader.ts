import type { MetricsExposition, MetricsSnapshot } from "./exposition.ts";
import type { Metrics } from "./metrics.ts";

/** Reads metrics for a scrape. */
export class MetricsReader {
  readonly #metrics: Metrics;
  #exposition: Promise<MetricsExposition> | undefined;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /**
   * Loads the library that writes Prometheus' text format. To be called soon after the start, because an upgrade may
   * replace the files.
   */
  async load(): Promise<void> {
    await this.#load();
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    return await (await this.#load()).text();
  }

  /** For a gateway of several processes, which adds them up. */
  async snapshot(): Promise<MetricsSnapshot> {
    return await (await this.#load()).snapshot();
  }

  async #load(): Promise<MetricsExposition> {
    this.#exposition ??= import("./exposition.ts").then(
      ({ MetricsExposition: Exposition }) => new Exposition(this.#metrics),
    );
    return await this.#exposition;
  }
}
