import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SELECTIONS, planSteps, runStep } from "./test-run/steps.ts";
import type { Step } from "./test-run/steps.ts";
import { formatSummary, total } from "./test-run/summary.ts";
import type { SuiteResult } from "./test-run/summary.ts";

/**
 * Checks and tests everything: `pnpm test [unit|packages|e2e] [part of a file name…]`. Stops at the first step that fails.
 * The last line counts the tests.
 */
async function main(args: readonly string[]): Promise<number> {
  const [first = "all"] = args;
  const selection = SELECTIONS.find((name) => name === first);
  if (selection === undefined) {
    console.error(`unknown: ${first}; expected nothing, or one of ${SELECTIONS.join(", ")}`);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), "curfew-test-"));
  try {
    return await runAll(planSteps(selection, folder, args.slice(1)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(steps: readonly Step[]): Promise<number> {
  const results: SuiteResult[] = [];
  let failed: string | undefined;
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const started = performance.now();
    failed = await failureOf(step, results);
    console.log(`── ${step.name}: ${failed ?? "ok"}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
    if (failed !== undefined) {
      console.log(`\nStopped: the step "${step.name}" ${failed}.`);
      break;
    }
  }
  console.log(`\n${formatSummary(results)}`);
  return failed === undefined ? 0 : 1;
}

/** Runs a step, adds its results, and says how it failed, if it did. */
async function failureOf(step: Step, results: SuiteResult[]): Promise<string | undefined> {
  const code = await runStep(step);
  const counted = await step.results?.();
  results.push(...(counted ?? []));
  if (code !== 0) return `failed with exit code ${code}`;
  if (step.results === undefined) return undefined;
  const { passed, failed } = total(counted ?? []);
  if (failed > 0) return `has ${failed} failed tests`;
  return passed === 0 ? "ran no tests" : undefined;
}

process.exitCode = await main(process.argv.slice(2));
