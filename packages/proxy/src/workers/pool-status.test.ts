import { describe, expect, test } from "vitest";
import { LabelCounters } from "../telemetry/counters.ts";
import type { MetricsSnapshot } from "../telemetry/exposition.ts";
import { MetricsReader } from "../telemetry/metrics-reader.ts";
import { Metrics } from "../telemetry/metrics.ts";
import { PoolStatus } from "./pool-status.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** The metrics of a worker with one open session, which has renewed so often. */
async function metricsOf(renewals: number): Promise<MetricsSnapshot> {
  const source = {
    sessions: () => 1,
    closing: () => 0,
    bytes: () => ({ toClient: 0, toTarget: 0 }),
    authenticationFailures: () => 0,
    adminFailures: new LabelCounters([]),
    connections: () => 1,
    unauthenticated: () => 0,
  };
  const labels = {
    limits: [],
    observers: ["log"],
    sources: ["tokens.store"],
    upgradeFaults: [],
    connectionRefusals: [],
  };
  const metrics = new Metrics(source, labels);
  metrics.renewals = renewals;
  return await new MetricsReader(metrics).snapshot();
}

/** A pool whose first worker answers with these metrics, and whose second one does not answer. */
function poolOf(answer: MetricsSnapshot, before: MetricsSnapshot): Pick<WorkerPool, "askAll" | "listens" | "workers"> {
  const channel = { closed: false, ask: async () => answer };
  const [answering, hanging] = [
    { metrics: [], channel },
    { metrics: before, channel },
  ] as unknown as [WorkerProcess, WorkerProcess];
  return {
    listens: true,
    workers: [answering, hanging],
    askAll: async (ask) => ({
      answers: [await ask(answering)],
      unavailable: [{ member: "worker 2", reason: "no answer" }],
      replaced: [],
    }),
  };
}

test("metrics add up what workers report now, or else reported before, and what the primary's observers threw", async () => {
  const failures = new LabelCounters(["log"]);
  failures.add("log");
  const pool = poolOf(await metricsOf(3), await metricsOf(4));
  const { text, unavailable } = await new PoolStatus({
    pool,
    draining: () => false,
    authenticationFailures: () => 0,
    adminFailures: new LabelCounters([]),
    failures,
  }).metrics();
  expect(unavailable).toEqual([{ member: "worker 2", reason: "no answer" }]);
  expect(text).toContain("curfew_renewals_total 7\n");
  expect(text).toContain("curfew_sessions_active 2\n");
  expect(text).toMatch(/^curfew_build_info\{.*\} 1$/m);
  expect(text).toContain('curfew_event_observer_failures_total{observer="log"} 1\n');
});

describe("the health of a pool", () => {
  /** A worker that answers as told. */
  function workerThat(ask: () => Promise<unknown>, pid: number, url?: string): WorkerProcess {
    return { name: `worker ${pid}`, channel: { ask }, url } as unknown as WorkerProcess;
  }

  function statusOf(...workers: readonly WorkerProcess[]): PoolStatus {
    const pool = { ...poolOf([], []), workers };
    return new PoolStatus({
      pool,
      draining: () => false,
      authenticationFailures: () => 0,
      adminFailures: new LabelCounters([]),
      failures: new LabelCounters([]),
    });
  }

  const url = "http://127.0.0.1:6080";
  const good = workerThat(async () => null, 1, url);
  const starting = workerThat(() => new Promise(() => {}), 2);

  test("is good while every worker that listens accepts connections", async () => {
    await statusOf(good, starting).health();
  });

  test("is bad when one does not answer or accepts none, and the error names it", async () => {
    const failing = workerThat(() => Promise.reject(new Error("no answer")), 3, url);
    const full = workerThat(async () => "it is full", 4, url);
    await expect(statusOf(good, failing, full).health()).rejects.toThrow("worker 3: no answer, worker 4: it is full");
  });
});

test("a pool is ready once a worker listens, and until it drains", async () => {
  const pool = { ...poolOf([], []), listens: false };
  let draining = false;
  const status = new PoolStatus({
    pool,
    draining: () => draining,
    authenticationFailures: () => 0,
    adminFailures: new LabelCounters([]),
    failures: new LabelCounters([]),
  });
  expect(status.readiness()).toBe("starting");
  pool.listens = true;
  expect(status.readiness()).toBe("ready");
  draining = true;
  expect(status.readiness()).toBe("draining");
});
