import { setTimeout as delay } from "node:timers/promises";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { observeCpu } from "../machine/observe-cpu.ts";
import { rssBytes } from "../machine/processes.ts";
import { MIB } from "../machine/units.ts";
import { median } from "../statistics/index.ts";
import { startServe } from "../subjects/curfew.ts";
import { gatewayOnly, type Scenario } from "./scenario.ts";

const SETTLE_MS = 2_000;

/** How long the gateway takes to start, and how much memory it uses without sessions. */
export const startUp: Scenario = {
  id: "start-up",
  title: "Start of curfew serve",
  method:
    "From the start of the process (built, with a configuration file and a new token store) until it reports that it " +
    "listens; resident set size 2 s later. Medians of the starts in a round.",
  figures: [
    { id: "time", title: "listens after ms", digits: 0 },
    { id: "memory", title: "idle RSS MiB", digits: 1 },
  ],
  appliesTo: gatewayOnly,
  async run({ subject, folder, effort }) {
    const times: number[] = [];
    const sizes: number[] = [];
    const observed = observeCpu(subject.pid);
    for (let index = 0; index < (effort.quick ? 1 : 5); index++) {
      const own = await mkdtemp(join(folder, "start-"));
      const start = performance.now();
      const gateway = await startServe(own);
      times.push(performance.now() - start);
      await delay(effort.quick ? 200 : SETTLE_MS);
      sizes.push(rssBytes(gateway.pid) / MIB);
      await gateway.stop();
    }
    return { values: { time: median(times), memory: median(sizes) }, otherLoad: observed().otherLoad };
  },
};
