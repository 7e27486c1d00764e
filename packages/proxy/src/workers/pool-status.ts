import type { GatewayStatus, MetricsText, Readiness } from "../control/status.ts";
import type { LabelCounters } from "../telemetry/counters.ts";
import { failuresSnapshot } from "../telemetry/exposition.ts";
import { counted, MetricsAggregator } from "./metrics-aggregator.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What a {@link PoolStatus} is made with. */
export interface PoolStatusOptions {
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

  readiness(): Readiness {
    if (this.#options.draining()) return "draining";
    return this.#options.pool.listens ? "ready" : "starting";
  }

  /**
   * Settles as soon as a worker answers: it takes the new sessions while others hang.
   *
   * @throws Error when none answers.
   */
  async health(): Promise<void> {
    const { workers } = this.#options.pool;
    const names = workers.map(({ name }) => name).join(", ");
    await Promise.any(workers.map(({ channel }) => channel.ask({ type: "ping" }))).catch((cause: unknown) => {
      throw new Error(`no answer of ${names}`, { cause });
    });
  }

  async metrics(): Promise<MetricsText> {
    const { pool, failures } = this.#options;
    const { unavailable, replaced } = await pool.askAll(async (worker) => {
      worker.metrics = await worker.channel.ask({ type: "metrics" });
    });
    const own = await failuresSnapshot(failures);
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
