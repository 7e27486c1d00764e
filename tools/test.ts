import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnknownLaneError } from "./test-run/node-lanes.ts";
import { SELECTIONS, planSteps } from "./test-run/selections.ts";
import { processorSeconds, runStep } from "./test-run/steps.ts";
import type { Step } from "./test-run/steps.ts";
import { countBySuite, formatSummary, total } from "./test-run/summary.ts";
import type { TestResult } from "./test-run/summary.ts";

/**
 * Checks and tests everything, or one selection: `npx pnpm@12 test [unit|browser|real|packages|e2e|faults|node|install] [filter…]`.
 * Stops at the first step that fails. The last line counts the tests.
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
  } catch (error) {
    if (!(error instanceof UnknownLaneError)) throw error;
    console.error(error.message);
    return 2;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(steps: readonly Step[]): Promise<number> {
  const tests: TestResult[] = [];
  let failed: string | undefined;
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const before = { ms: performance.now(), processor: processorSeconds() };
    failed = await failureOf(step, tests);
    const seconds = ((performance.now() - before.ms) / 1_000).toFixed(1);
    const processor = processorSeconds() - before.processor;
    const used = Number.isNaN(processor) ? "" : `, ${processor.toFixed(1)} s of processor time`;
    console.log(`── ${step.name}: ${failed ?? "ok"}, ${seconds} s${used}`);
    if (failed !== undefined) {
      console.log(`\nStopped: the step "${step.name}" ${failed}.`);
      break;
    }
  }
  console.log(`\n${formatSummary(tests)}`);
  return failed === undefined ? 0 : 1;
}

/** Runs a step, adds its results, and says how it failed, if it did. */
async function failureOf(step: Step, tests: TestResult[]): Promise<string | undefined> {
  const code = await runStep(step);
  const own = (await step.results?.()) ?? [];
  tests.push(...own);
  if (code !== 0) return `failed with exit code ${code}`;
  if (step.results === undefined) return undefined;
  const { passed, failed } = total(countBySuite(own));
  if (failed > 0) return `has ${failed} failed tests`;
  return passed === 0 ? "ran no tests" : undefined;
}

process.exitCode = await main(process.argv.slice(2));
