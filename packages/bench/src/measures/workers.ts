import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stayAwake } from "../load/awake.ts";
import { startLightFlood } from "../load/light-flood.ts";
import { observe } from "../machine/observation.ts";
import { cores, onBothCores, onGeneratorCore, onProxyCore } from "../machine/pinning.ts";
import { treeCpuSeconds } from "../machine/processes.ts";
import { startCurfew } from "../peers/curfew.ts";
import { freePort } from "../peers/plain.ts";
import { GIB, gatewayOnly, type Measure, type MeasureContext } from "./measure.ts";

const SESSIONS = 16;

/** What a second core brings. */
export const workers: Measure = {
  id: "workers",
  title: `Two workers beside one, client to target, ${SESSIONS} sessions`,
  method:
    "Clients send masked messages of 16 KiB, the direction that costs the gateway most and the generator least: a " +
    "program in C that hands over frames without a copy and drops what arrives in the kernel. One worker has a core of " +
    "its own, with the generator on the other; two workers share both cores with the generator. The ratio is what that " +
    "came to, so it is less than what the workers alone would reach, by the generator's share of both cores.",
  figures: [
    { id: "one", title: "one worker MB/s", digits: 0 },
    { id: "two", title: "two workers MB/s", digits: 0 },
    { id: "ratio", title: "× one worker", digits: 2 },
    { id: "share", title: "generator's share of the CPU with two, %", digits: 0 },
    { id: "cost1", title: "gateway's CPU s/GiB with one", digits: 3 },
    { id: "cost2", title: "with two", digits: 3 },
  ],
  suits: gatewayOnly,
  async run(context) {
    if (cores === undefined) return { values: {}, note: "one core: nothing to share" };
    const one = await flood(context, 1);
    const two = await flood(context, 2);
    return {
      values: {
        one: one.rate,
        two: two.rate,
        ratio: two.rate / one.rate,
        share: two.generatorCores * 50,
        cost1: one.cost,
        cost2: two.cost,
      },
      otherLoad: Math.max(one.otherLoad, two.otherLoad),
    };
  },
};

interface Flooded {
  /** MB/s */
  readonly rate: number;
  /** The gateway's CPU seconds for a GiB. */
  readonly cost: number;
  /** Cores' worth of CPU that the generator used. */
  readonly generatorCores: number;
  readonly otherLoad: number;
}

async function flood({ folder, effort }: MeasureContext, count: 1 | 2): Promise<Flooded> {
  const own = await mkdtemp(join(folder, "workers-"));
  const targetPort = await freePort();
  const shared = count > 1;
  const gateway = await startCurfew(targetPort, own, {
    args: shared ? ["--workers", String(count)] : [],
    place: shared ? onBothCores : onProxyCore,
  });
  try {
    const [entrance] = await gateway.entrances(1);
    if (entrance === undefined) throw new Error("expected a way in");
    const place = shared ? onBothCores : onGeneratorCore;
    const generator = await startLightFlood({ entrance, targetPort, sessions: SESSIONS, folder: own, place });
    // With both cores busy nobody sleeps, and this would take from what is measured.
    const sleepAgain = shared ? ignore : stayAwake();
    await delay(effort.warmUpMs);
    const observed = observe(gateway.pid);
    const cpuBefore = treeCpuSeconds(generator.pid);
    const before = generator.arrived();
    await delay(effort.windowMs);
    const after = generator.arrived();
    const generatorCpu = treeCpuSeconds(generator.pid) - cpuBefore;
    const { proxyCpu, seconds, otherLoad } = observed();
    sleepAgain();
    await generator.stop();
    const rate = (after.bytes - before.bytes) / 1e3 / (after.ms - before.ms);
    const gibibytes = (rate * 1e6 * seconds) / GIB;
    return { rate, cost: proxyCpu / gibibytes, generatorCores: generatorCpu / seconds, otherLoad };
  } finally {
    await gateway.stop();
  }
}

function ignore(): void {}
