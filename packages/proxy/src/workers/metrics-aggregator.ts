import { AggregatorRegistry } from "prom-client";
import type { MetricsSnapshot } from "../telemetry/exposition.ts";

/** The metrics of all workers. What those had counted that are gone stays in the sum, so that no counter falls. */
export class MetricsAggregator {
  #departed: Promise<MetricsSnapshot> = Promise.resolve([]);

  /** Keeps what a worker that is gone had counted when it was asked last. */
  keep(metrics: MetricsSnapshot): void {
    const counted = metrics.filter(({ type }) => String(type) !== "gauge");
    this.#departed = this.#departed.then((before) =>
      AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON(),
    );
  }

  /**
   * @param running - gives the metrics of the workers that run; read in one turn with those that are gone, so that
   *   nobody is counted twice.
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

/** What outlives its process: a session that is open does not. */
export function counted(metrics: MetricsSnapshot): MetricsSnapshot {
  return metrics.filter(({ type }) => String(type) !== "gauge");
}
