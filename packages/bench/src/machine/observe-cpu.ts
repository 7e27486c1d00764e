import { readFileSync } from "node:fs";
import { treeCpuSeconds } from "./processes.ts";

/** CPU usage of the machine during an observation. */
export interface CpuUsage {
  readonly seconds: number;
  /** CPU seconds of the proxy's process tree. */
  readonly proxyCpu: number;
  /** CPU used by anything but this process and its children, including time stolen by the host, in cores. */
  readonly otherLoad: number;
}

/** Starts an observation; call the returned function to end it. */
export function observeCpu(proxyPid: number): () => CpuUsage {
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

/** CPU seconds that the machine was neither idle nor waiting for I/O, from the first line of /proc/stat. */
export function busySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? "")
    .split(" ")
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
