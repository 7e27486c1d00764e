import { readFileSync } from "node:fs";
import { treeCpuSeconds } from "./processes.ts";

/** What happened on the machine in a stretch of time. */
export interface Observed {
  readonly seconds: number;
  /** CPU seconds of the proxy's process tree. */
  readonly proxyCpu: number;
  /** Cores' worth of CPU that neither this process nor its children used: other programs, and what the host took. */
  readonly otherLoad: number;
}

/** Begins to observe; the function that comes back ends the stretch and says what happened. */
export function observe(proxyPid: number): () => Observed {
  const before = snapshot(proxyPid);
  return () => {
    const after = snapshot(proxyPid);
    const seconds = (after.at - before.at) / 1000;
    const proxyCpu = after.proxy - before.proxy;
    const other = after.machine - before.machine - (after.own - before.own);
    return { seconds, proxyCpu, otherLoad: Math.max(0, other / seconds) };
  };
}

function snapshot(proxyPid: number): { at: number; proxy: number; own: number; machine: number } {
  return {
    at: performance.now(),
    proxy: treeCpuSeconds(proxyPid),
    own: treeCpuSeconds(process.pid),
    machine: busySeconds(readFileSync("/proc/stat", "utf8")),
  };
}

/** CPU seconds in which the machine was neither idle nor waiting for a disk, from the first line of /proc/stat. */
export function busySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? "")
    .split(" ")
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
