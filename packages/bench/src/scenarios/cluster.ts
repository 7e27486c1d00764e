import { startRedis } from "@curfew/testing/real";
import { startCurfew } from "../subjects/curfew.ts";
import { download } from "./download.ts";
import { keystrokes } from "./keystrokes.ts";
import { gatewayOnly, type Sample, type Scenario, type ScenarioContext } from "./scenario.ts";
import { measureSetUps } from "./set-up-cost.ts";

const PARALLEL = 20;

/** What a store that several gateways share costs one of them. */
export const clusterCost: Scenario = {
  id: "cluster",
  title: "The cost of a cluster's store",
  method:
    `${PARALLEL} clients connect, wait for the target's first byte, close, and start over: first at a gateway with a store ` +
    "(Redis on the generator's core), which looks the token up there, counts the session, and frees its slot; then at " +
    "the gateway with tokens in SQLite, the baseline. Then keystrokes of 200 sessions and eight downloads at each of " +
    "them, where no byte concerns the store.",
  figures: [
    { id: "rate", title: "sessions/s", digits: 0 },
    { id: "p50", title: "p50 ms", digits: 1 },
    { id: "p99", title: "p99 ms", digits: 1 },
    { id: "cpu", title: "CPU µs/session", digits: 0 },
    { id: "sqliteRate", title: "sessions/s with SQLite", digits: 0 },
    { id: "sqliteCpu", title: "CPU µs/session with SQLite", digits: 0 },
    { id: "rateRatio", title: "sessions/s, × SQLite", digits: 2 },
    { id: "cpuRatio", title: "CPU per session, × SQLite", digits: 2 },
    { id: "keystrokesRatio", title: "CPU per keystroke, × SQLite", digits: 2 },
    { id: "downloadRatio", title: "CPU per GiB, × SQLite", digits: 2 },
  ],
  appliesTo: gatewayOnly,
  async run(context) {
    const { target, folder, effort } = context;
    await using store = await startRedis();
    const url = `redis://:${encodeURIComponent(store.password)}@${store.host}:${store.port}`;
    const clustered = await startCurfew(`127.0.0.1:${target.port}`, folder, { store: url });
    try {
      const tokens = effort.quick ? 20 : 200;
      const setUps = async (subject: typeof clustered): ReturnType<typeof measureSetUps> =>
        await measureSetUps({
          subject,
          options: await subject.connectOptions(tokens),
          target,
          effort,
          parallel: PARALLEL,
        });
      const own = await setUps(clustered);
      const sqlite = await setUps(context.subject);
      const typing = await compare(keystrokes(), context, clustered);
      const bulk = await compare(download(8), context, clustered);
      return {
        values: {
          rate: own.rate,
          p50: own.p50,
          p99: own.p99,
          cpu: own.cpu,
          sqliteRate: sqlite.rate,
          sqliteCpu: sqlite.cpu,
          rateRatio: own.rate / sqlite.rate,
          cpuRatio: own.cpu / sqlite.cpu,
          keystrokesRatio: typing.ratio,
          downloadRatio: bulk.ratio,
        },
        otherLoad: Math.max(own.otherLoad, sqlite.otherLoad, typing.otherLoad, bulk.otherLoad),
      };
    } finally {
      await clustered.stop();
    }
  },
};

/** The CPU that a scenario takes with the store, as a multiple of that without. */
async function compare(
  scenario: Scenario,
  context: ScenarioContext,
  clustered: ScenarioContext["subject"],
): Promise<{ readonly ratio: number; readonly otherLoad: number }> {
  const samples: Sample[] = [];
  for (const subject of [clustered, context.subject]) samples.push(await scenario.run({ ...context, subject }));
  const [own, baseline] = samples.map(({ values }) => values["cpu"] ?? NaN);
  return {
    ratio: (own ?? NaN) / (baseline ?? NaN),
    otherLoad: Math.max(...samples.map(({ otherLoad = 0 }) => otherLoad)),
  };
}
