import type { GatewayStatus, MetricsText, Readiness } from "../control/status.ts";
import type { LabelCounters } from "../telemetry/counters.ts";
import { type AdminCounts, primarySnapshot } from "../telemetry/exposition.ts";
import { counted, MetricsAggregator } from "./metrics-aggregator.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What a {@link PoolStatus} is made with. */
export interface PoolStatusOptions extends AdminCounts {
  readonly pool: Pick<WorkerPool, "askAll" | "listens" | "workers">;
  readonly draining: () => boolean;
  /** What the primary's own event observers threw. */
  readonly failures: LabelCounters;
}

/** The readiness of the worker pool, and the metrics of all workers. */
export class PoolStatus implements GatewayStatus {
  readonly #options: PoolStatusOptions;
  readonly #aggregator = new MetricsAggregator();

  constructor(options: PoolStatusOptions) {
    this.#options = options;
  }

  /** It is loaded with this file. */
  async load(): Promise<void> {}

  readiness(): Readiness {
    if (this.#options.draining()) return "draining";
    return this.#options.pool.listens ? "ready" : "starting";
  }

  /**
   * Whether every worker that listens responds and accepts connections: the kernel gives it some until it ends.
   *
   * @throws Error naming those that do not.
   */
  async health(): Promise<void> {
    const listening = this.#options.pool.workers.filter(({ url }) => url !== undefined);
    const answers = listening.map(async ({ name, channel }) => {
      const refusal = await channel.ask({ type: "ping" }).catch((error: Error) => error.message);
      return refusal === null ? [] : [`${name}: ${refusal}`];
    });
    const failures = (await Promise.all(answers)).flat();
    if (failures.length > 0) throw new Error(failures.join(", "));
  }

  async metrics(): Promise<MetricsText> {
    const { pool, failures } = this.#options;
    const { unavailable, replaced } = await pool.askAll(async (worker) => {
      worker.metrics = await worker.channel.ask({ type: "metrics" });
    });
    const own = await primarySnapshot(failures, this.#options);
    // A worker that did not answer is counted with what it reported before.
    const text = await this.#aggregator.text(() => [
      own,
      ...pool.workers.map(({ channel, metrics }) => (channel.closed ? counted(metrics) : metrics)),
    ]);
    return { text, unavailable, replaced };
  }

  /** Keeps what a worker had counted that has ended. */
  keep(worker: WorkerProcess): void {
    this.#aggregator.keep(worker.metrics);
  }
}
