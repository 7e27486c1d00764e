import { setTimeout as delay } from "node:timers/promises";
import { keepAwake } from "../machine/keep-awake.ts";
import { type CpuUsage, observeCpu } from "../machine/observe-cpu.ts";
import type { ScenarioContext } from "./scenario.ts";

/**
 * Warms the proxy up with the current load, then observes it for the length of a sample.
 * @param onStart - called when the sample starts, to reset counters
 */
export async function sampleLoad(
  { subject, effort }: Pick<ScenarioContext, "effort"> & { readonly subject: { readonly pid: number } },
  onStart: () => void = () => {},
): Promise<CpuUsage> {
  const allowSleep = keepAwake();
  await delay(effort.warmUpMs);
  const end = observeCpu(subject.pid);
  onStart();
  await delay(effort.windowMs);
  const usage = end();
  allowSleep();
  return usage;
}
