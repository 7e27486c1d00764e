import { AggregatorRegistry } from "prom-client";
import type { MetricsSnapshot } from "../telemetry/exposition.ts";

/** Adds up the metrics of all workers. The counts of workers that have ended stay in the sum, so no counter falls. */
export class MetricsAggregator {
  #departed: Promise<MetricsSnapshot> = Promise.resolve([]);

  /** Keeps what a worker that has ended had counted when it was last asked. */
  keep(metrics: MetricsSnapshot): void {
    this.#departed = this.#departed.then((before) =>
      AggregatorRegistry.aggregate([before, counted(metrics)]).getMetricsAsJSON(),
    );
  }

  /**
   * @param running - returns the metrics of the workers that run. Called in the same turn in which the sum of those
   *   that have ended is read, so that no worker is counted twice.
   * @returns Prometheus' text format.
   */
  async text(running: () => readonly MetricsSnapshot[]): Promise<string> {
    for (;;) {
      const departed = this.#departed;
      const past = await departed;
      if (departed === this.#departed) return await AggregatorRegistry.aggregate([past, ...running()]).metrics();
    }
  }
}

/** The metrics that outlive their process: counters do, gauges such as open sessions do not. */
export function counted(metrics: MetricsSnapshot): MetricsSnapshot {
  return metrics.filter(({ type }) => String(type) !== "gauge");
}
