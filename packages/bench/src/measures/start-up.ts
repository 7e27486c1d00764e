import { setTimeout as delay } from "node:timers/promises";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { observe } from "../machine/observation.ts";
import { rssBytes } from "../machine/processes.ts";
import { startGateway } from "../peers/curfew.ts";
import { median } from "../report/statistics.ts";
import { gatewayOnly, type Measure, MIB } from "./measure.ts";

const SETTLING_MS = 2_000;

/** How long the gateway takes to be there, and what it costs when nobody uses it. */
export const startUp: Measure = {
  id: "start-up",
  title: "Start of curfew serve",
  method:
    "From the start of the process (built, with a configuration file and a new token store) until it says that it " +
    "listens; resident set size 2 s later. Medians of the starts in a round.",
  figures: [
    { id: "time", title: "listens after ms", digits: 0 },
    { id: "memory", title: "idle RSS MiB", digits: 1 },
  ],
  suits: gatewayOnly,
  async run({ peer, folder, effort }) {
    const times: number[] = [];
    const sizes: number[] = [];
    const observed = observe(peer.pid);
    for (let index = 0; index < (effort.quick ? 1 : 5); index++) {
      const own = await mkdtemp(join(folder, "start-"));
      const start = performance.now();
      const gateway = await startGateway(own);
      times.push(performance.now() - start);
      await delay(effort.quick ? 200 : SETTLING_MS);
      sizes.push(rssBytes(gateway.pid) / MIB);
      await gateway.stop();
    }
    return { values: { time: median(times), memory: median(sizes) }, otherLoad: observed().otherLoad };
  },
};
