import type { SessionControl } from "../control/session-control.ts";
import type { Logger } from "../telemetry/log.ts";
import { ChannelClosed } from "./channel.ts";
import type { WorkerPool } from "./worker-pool.ts";
import { counted, type MetricsAggregator } from "./metrics-aggregator.ts";

/** The operations on the sessions of all workers. */
export function poolControl(
  pool: WorkerPool,
  sum: MetricsAggregator,
  log: Logger,
  draining: () => boolean,
): SessionControl {
  return {
    async list() {
      const sessions = (await pool.askAll({ type: "list" })).flat();
      return sessions.toSorted((a, b) => a.started_at.localeCompare(b.started_at));
    },
    async get(id) {
      const answers = await pool.askAll({ type: "get", id });
      return answers.find((session) => session !== null) ?? undefined;
    },
    async end(selection, detail) {
      const ended = await pool.askAll({ type: "end", selection, reason: "session_terminated", detail });
      return ended.reduce((total, count) => total + count, 0);
    },
    async metrics() {
      const asked = pool.workers.map(async (worker) => {
        worker.metrics = await worker.channel.ask({ type: "metrics" });
      });
      for (const answer of await Promise.allSettled(asked)) {
        if (answer.status === "fulfilled" || answer.reason instanceof ChannelClosed) continue;
        // What it had told before stays in the sum.
        log.warn({ err: answer.reason as unknown }, "a worker did not tell its metrics");
      }
      return await sum.text(() =>
        pool.workers.map(({ channel, metrics }) => (channel.closed ? counted(metrics) : metrics)),
      );
    },
    state() {
      if (draining()) return "draining";
      return pool.listens ? "ready" : "starting";
    },
  };
}
