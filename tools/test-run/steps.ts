import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { COMPILE_CACHE, ROOT } from "../root.ts";
import type { TestResult } from "./summary.ts";

/** A command of the test run. */
export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** For a step that runs tests: reads their results at its end; undefined when it left none. */
  results?(): Promise<TestResult[] | undefined>;
}

/** Runs a step, its output going straight through, and returns its exit code. */
export async function runStep(step: Step): Promise<number> {
  const [program, ...args] = step.command;
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, ...step.env };
  const child = spawn(program, args, { cwd: ROOT, env, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Processor seconds that the steps so far have used, with everything they started; NaN where Linux does not tell. */
export function processorSeconds(): number {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // proc(5): cutime and cstime are fields 16 and 17; the second field, a name, ends with a bracket.
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(13, 15);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}
