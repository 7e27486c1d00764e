import fc from "fast-check";
import { parseArgs } from "node:util";
import { expectKnown, positive, readArguments } from "../support/read-arguments.ts";
import { inputsOf, keep } from "./corpus.ts";
import { cuts, near } from "./mutation.ts";
import type { FuzzTarget } from "./target.ts";
import { TARGETS } from "./targets/index.ts";

const NAMES = TARGETS.map(({ name }) => name);

/**
 * The long run. Each target gets the same share of the time. Inputs with an outcome that no input had before are mutated
 * further; one that fails is added to the corpus, and the exit code is 1.
 */
const USAGE = `usage: npx pnpm@12 fuzz [--seconds 600] [--only NAME]...
names: ${NAMES.join(", ")}`;

const { seconds, only } = readArguments(USAGE, () => {
  const { values } = parseArgs({
    options: { seconds: { type: "string", default: "600" }, only: { type: "string", multiple: true } },
  });
  expectKnown("--only", values.only, NAMES);
  return { seconds: positive("--seconds", values.seconds), only: values.only };
});

/** Inputs made from the same pool before new ones are added to it. */
const ROUND = 500;

async function fuzz(target: FuzzTarget, share: number): Promise<void> {
  const pool = [...inputsOf(target)];
  const outcomes = new Set<string>();
  let runs = 0;
  let failure: string | undefined;
  await using fuzzed = await target.start();
  const end = performance.now() + share * 1000;
  while (performance.now() < end && failure === undefined) {
    const found: Buffer[] = [];
    const property = fc.asyncProperty(near(pool), cuts, async (input, at) => {
      runs += 1;
      const outcome = await fuzzed.run(input, at);
      if (!outcomes.has(outcome)) found.push(input);
      outcomes.add(outcome);
    });
    const left = Math.max(1, end - performance.now());
    const result = await fc.check(property, { numRuns: ROUND, interruptAfterTimeLimit: left, endOnFailure: false });
    pool.push(...found);
    if (result.failed && result.counterexample !== null) {
      const { errorInstance: error } = result;
      failure = error instanceof Error ? error.message : String(error);
      keep(target.name, result.counterexample[0], failure);
      process.exitCode = 1;
    }
  }
  console.log(`${target.name}: ${runs} inputs, ${outcomes.size} outcomes, ${failure ?? "no failure"}`);
}

const chosen = TARGETS.filter(({ name }) => only?.includes(name) ?? true);
for (const target of chosen) await fuzz(target, seconds / chosen.length);
// A target that hangs must not keep the run.
process.exit();
