import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startNativeFlood } from "../load/native-flood.ts";
import { freePort } from "@curfew/testing/real";
import { keepAwake } from "../machine/keep-awake.ts";
import { observeCpu } from "../machine/observe-cpu.ts";
import { CORES, onBothCores, onGeneratorCore, onProxyCore } from "../machine/pinning.ts";
import { treeCpuSeconds } from "../machine/processes.ts";
import { startCurfew } from "../subjects/curfew.ts";
import { GIB } from "../machine/units.ts";
import { gatewayOnly, type Scenario, type ScenarioContext } from "./scenario.ts";

const SESSIONS = 16;

/** How the gateway scales to a second core. */
export const workers: Scenario = {
  id: "workers",
  title: `Two workers beside one, client to target, ${SESSIONS} sessions`,
  method:
    "Clients send masked messages of 16 KiB, the direction that costs the gateway most and the generator least: a " +
    "program in C that sends frames without a copy and drops what arrives in the kernel. One worker has its own core, " +
    "with the generator on the other; two workers share both cores with the generator. The ratio is therefore less than " +
    "what the workers alone would reach, by the generator's share of both cores.",
  figures: [
    { id: "one", title: "one worker MB/s", digits: 0 },
    { id: "two", title: "two workers MB/s", digits: 0 },
    { id: "ratio", title: "× one worker", digits: 2 },
    { id: "share", title: "generator's share of the CPU with two, %", digits: 0 },
    { id: "cost1", title: "gateway's CPU s/GiB with one", digits: 3 },
    { id: "cost2", title: "with two", digits: 3 },
  ],
  appliesTo: gatewayOnly,
  async run(context) {
    if (CORES === undefined) return { values: {}, note: "not measured on one core" };
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

/** Results with a number of workers. */
interface FloodResult {
  /** MB/s */
  readonly rate: number;
  /** CPU seconds of the gateway per GiB. */
  readonly cost: number;
  /** CPU used by the generator, in cores. */
  readonly generatorCores: number;
  readonly otherLoad: number;
}

async function flood({ folder, effort }: ScenarioContext, count: 1 | 2): Promise<FloodResult> {
  const own = await mkdtemp(join(folder, "workers-"));
  const targetPort = await freePort();
  const shared = count > 1;
  const gateway = await startCurfew(`127.0.0.1:${targetPort}`, own, {
    args: shared ? ["--workers", String(count)] : [],
    pin: shared ? onBothCores : onProxyCore,
  });
  try {
    const [connect] = await gateway.connectOptions(1);
    if (connect === undefined) throw new Error("expected options to connect");
    const pin = shared ? onBothCores : onGeneratorCore;
    const generator = await startNativeFlood({ connect, targetPort, sessions: SESSIONS, folder: own, pin });
    // With both cores busy neither goes idle, and this would take CPU from the workers.
    const allowSleep = shared ? ignore : keepAwake();
    await delay(effort.warmUpMs);
    const observed = observeCpu(gateway.pid);
    const cpuBefore = treeCpuSeconds(generator.pid);
    const before = generator.arrived();
    await delay(effort.windowMs);
    const after = generator.arrived();
    const generatorCpu = treeCpuSeconds(generator.pid) - cpuBefore;
    const { proxyCpu, seconds, otherLoad } = observed();
    allowSleep();
    await generator.stop();
    const rate = (after.bytes - before.bytes) / 1e3 / (after.ms - before.ms);
    const gibibytes = (rate * 1e6 * seconds) / GIB;
    return { rate, cost: proxyCpu / gibibytes, generatorCores: generatorCpu / seconds, otherLoad };
  } finally {
    await gateway.stop();
  }
}

function ignore(): void {}
