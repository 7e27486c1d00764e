import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../root.ts";
import { countPlaywright, countVitest, readReport } from "./reports.ts";
import type { PlaywrightReport, VitestReport } from "./reports.ts";
import type { SuiteResult } from "./summary.ts";

/** A command of the test run. */
export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** For a step that runs tests: reads their results when it is over; undefined when it left none. */
  results?(): Promise<SuiteResult[] | undefined>;
}

/** What can be run: everything, or one of the kinds of tests. */
export const SELECTIONS = ["all", "unit", "packages", "e2e"] as const;

/** One of {@link SELECTIONS}. */
export type Selection = (typeof SELECTIONS)[number];

/**
 * The steps of a test run, in order.
 * @param folder - where the runners leave their reports.
 * @param filters - parts of file names: only tests in such files are run.
 */
export function planSteps(selection: Selection, folder: string, filters: readonly string[]): Step[] {
  const setUp: Step = { name: "set-up", command: ["node", "tools/setup.ts"] };
  const types: Step = { name: "types", command: ["tsc", "-b"] };
  const pages: Step = { name: "pages", command: ["pnpm", "build:pages"] };
  const checks: Step[] = [
    { name: "format", command: ["oxfmt", "--check"] },
    types,
    // Also of code that imports the packages as they are built.
    { name: "lint", command: ["pnpm", "lint"] },
    { name: "unused code", command: ["knip"] },
  ];
  const unit = vitestStep("unit and integration tests", join(folder, "vitest.json"), filters);
  // What is published is packed from what was built: declarations, modules and the gateway's page.
  const packages = vitestStep("packages", join(folder, "packages.json"), ["--config", packagesConfig, ...filters]);
  const e2e = playwrightStep(join(folder, "playwright.json"), filters);
  // The quick form fails when a proxy does something wrong, never because of times.
  const bench: Step = { name: "benchmark", command: ["pnpm", "bench", "--quick", "--out", join(folder, "bench")] };
  const sizes: Step = { name: "sizes", command: ["pnpm", "size", "--check"] };
  const plans: Readonly<Record<Selection, Step[]>> = {
    all: [setUp, ...checks, unit, bench, pages, packages, sizes, e2e],
    unit: [setUp, unit],
    packages: [types, pages, packages],
    e2e: [setUp, types, pages, e2e],
  };
  return plans[selection];
}

/** Runs a step, its output going straight through, and returns its exit code. */
export async function runStep(step: Step): Promise<number> {
  const [program, ...args] = step.command;
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...step.env }, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

const packagesConfig = "packaging/vitest.config.ts";

function vitestStep(name: string, report: string, args: readonly string[]): Step {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return {
    name,
    command: ["vitest", "run", ...reporters, ...args],
    async results() {
      const found = await readReport<VitestReport>(report);
      return found && countVitest(found);
    },
  };
}

function playwrightStep(report: string, filters: readonly string[]): Step {
  return {
    name: "end-to-end tests",
    command: ["playwright", "test", "--config", "e2e/playwright.config.ts", ...filters],
    // Like all tests, these run the sources of the packages: only the pages are built.
    env: { CURFEW_E2E_REPORT: report, NODE_OPTIONS: "--conditions=@curfew/source" },
    async results() {
      const found = await readReport<PlaywrightReport>(report);
      return found && countPlaywright(found);
    },
  };
}
