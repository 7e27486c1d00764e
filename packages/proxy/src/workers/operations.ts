import type { Operations } from "../admin/operations.ts";
import type { Logger } from "../telemetry/log.ts";
import { ChannelClosed } from "./channel.ts";
import type { Fleet } from "./fleet.ts";
import { counted, type MetricsSum } from "./metrics-sum.ts";

/** The operations on the sessions of all workers. */
export function fleetOperations(fleet: Fleet, sum: MetricsSum, log: Logger, draining: () => boolean): Operations {
  return {
    async list() {
      const sessions = (await fleet.askAll({ type: "list" })).flat();
      return sessions.toSorted((a, b) => a.started_at.localeCompare(b.started_at));
    },
    async get(id) {
      const answers = await fleet.askAll({ type: "get", id });
      return answers.find((session) => session !== null) ?? undefined;
    },
    async end(selection, detail) {
      const ended = await fleet.askAll({ type: "end", selection, reason: "session_terminated", detail });
      return ended.reduce((total, count) => total + count, 0);
    },
    async metrics() {
      const asked = fleet.workers.map(async (worker) => {
        worker.metrics = await worker.channel.ask({ type: "metrics" });
      });
      for (const answer of await Promise.allSettled(asked)) {
        if (answer.status === "fulfilled" || answer.reason instanceof ChannelClosed) continue;
        // What it had told before stays in the sum.
        log.warn({ err: answer.reason as unknown }, "a worker did not tell its metrics");
      }
      return await sum.text(() =>
        fleet.workers.map(({ channel, metrics }) => (channel.closed ? counted(metrics) : metrics)),
      );
    },
    state() {
      if (draining()) return "draining";
      return fleet.listens ? "ready" : "starting";
    },
  };
}
