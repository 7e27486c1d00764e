import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** The core for the proxy under test and the core for the load generator. */
export interface Cores {
  readonly proxy: number;
  readonly generator: number;
}

/** Undefined on a machine with one core, which both share. */
export const CORES: Cores | undefined = cpus().length > 1 ? { proxy: 0, generator: 1 } : undefined;

/** Pins this process with all its threads to the generator's core. */
export function pinGenerator(): void {
  if (CORES === undefined) return;
  execFileSync("taskset", ["-a", "-c", "-p", String(CORES.generator), String(process.pid)], { stdio: "ignore" });
}

/** Pins a command to the proxy's core. */
export function onProxyCore(command: readonly string[]): readonly string[] {
  return CORES === undefined ? command : onCores([CORES.proxy], command);
}

/** Pins a command to the generator's core. */
export function onGeneratorCore(command: readonly string[]): readonly string[] {
  return CORES === undefined ? command : onCores([CORES.generator], command);
}

/** Lets a command use both cores. */
export function onBothCores(command: readonly string[]): readonly string[] {
  return CORES === undefined ? command : onCores([CORES.proxy, CORES.generator], command);
}

function onCores(numbers: readonly number[], command: readonly string[]): readonly string[] {
  return ["taskset", "-c", numbers.join(","), ...command];
}
