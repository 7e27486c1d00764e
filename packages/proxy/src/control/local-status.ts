import { MetricsReader } from "../telemetry/metrics-reader.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { GatewayStatus, MetricsText, Readiness } from "./status.ts";

/** The readiness and metrics of a gateway of one process. */
export class LocalStatus implements GatewayStatus {
  readonly #metrics: MetricsReader;
  readonly #draining: () => boolean;

  constructor(metrics: Metrics, draining: () => boolean) {
    this.#metrics = new MetricsReader(metrics);
    this.#draining = draining;
  }

  async load(): Promise<void> {
    await this.#metrics.load();
  }

  readiness(): Readiness {
    return this.#draining() ? "draining" : "ready";
  }

  async metrics(): Promise<MetricsText> {
    return { text: await this.#metrics.text(), unavailable: [], replaced: [] };
  }
}
