import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** The core of the proxy under test, and that of the load generator. */
export interface Cores {
  readonly proxy: number;
  readonly generator: number;
}

/** Undefined on a machine with one core: proxy and generator then share it. */
export const cores: Cores | undefined = cpus().length > 1 ? { proxy: 0, generator: 1 } : undefined;

/** Keeps this process, with all its threads, on the generator's core. */
export function pinGenerator(): void {
  if (cores === undefined) return;
  execFileSync("taskset", ["-a", "-c", "-p", String(cores.generator), String(process.pid)], { stdio: "ignore" });
}

/** A command that runs on the proxy's core only. */
export function onProxyCore(command: readonly string[]): readonly string[] {
  return cores === undefined ? command : onCores([cores.proxy], command);
}

/** A command that runs on the generator's core only. */
export function onGeneratorCore(command: readonly string[]): readonly string[] {
  return cores === undefined ? command : onCores([cores.generator], command);
}

/** A command that shares both cores with whatever else runs there. */
export function onBothCores(command: readonly string[]): readonly string[] {
  return cores === undefined ? command : onCores([cores.proxy, cores.generator], command);
}

function onCores(numbers: readonly number[], command: readonly string[]): readonly string[] {
  return ["taskset", "-c", numbers.join(","), ...command];
}
