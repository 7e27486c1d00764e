import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Target } from "../load/target.ts";
import type { Effort, Scenario } from "../scenarios/scenario.ts";
import { shuffled } from "../statistics/index.ts";
import type { Subject } from "../subjects/subject.ts";
import type { Outcome } from "./outcome.ts";

/** A sample is disturbed if other programs use more CPU than this, in cores. */
const DISTURBING_LOAD = 0.1;

/** How often a sample is taken at most until it is undisturbed. */
const MAX_ATTEMPTS = 4;

/** What is measured, and how often. */
export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly effort: Effort;
  /** Receives a line of text for each outcome. */
  readonly onProgress: (line: string) => void;
}

/** Runs all rounds. A failure of a subject becomes an outcome with an error and does not stop the others. */
export async function runRounds({ scenarios, subjects, rounds, effort, onProgress }: Plan): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of scenarios) {
      if (round > 1 && scenario.once) continue;
      for (const subject of shuffled(subjects.filter((one) => applies(scenario, one)))) {
        const samples = await takeUndisturbed(scenario, subject, round, effort);
        for (const outcome of samples) onProgress(describe(outcome, scenario));
        outcomes.push(...samples);
      }
    }
  }
  return outcomes;
}

function applies({ tls = false, appliesTo }: Scenario, { name, terminatesTls = false }: Subject): boolean {
  return (terminatesTls || !tls) && (appliesTo?.(name) ?? true);
}

/** Returns all attempts; only the last one can be undisturbed. */
async function takeUndisturbed(
  scenario: Scenario,
  subject: Subject,
  round: number,
  effort: Effort,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let attempt = 0; attempt < (effort.quick ? 1 : MAX_ATTEMPTS); attempt++) {
    const outcome = await take(scenario, subject, round, effort);
    outcomes.push(outcome);
    if (!outcome.disturbed) break;
  }
  return outcomes;
}

async function take(scenario: Scenario, subject: Subject, round: number, effort: Effort): Promise<Outcome> {
  const ids = { scenario: scenario.id, subject: subject.name, round };
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-"));
  const target = await Target.listen();
  try {
    const running = await subject.start(target.port, folder, scenario.tls);
    try {
      const sample = await scenario.run({ subject: running, target, effort, folder });
      return { ...ids, ...sample, disturbed: (sample.otherLoad ?? 0) > DISTURBING_LOAD };
    } finally {
      await running.stop();
    }
  } catch (error) {
    return { ...ids, values: {}, disturbed: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    await target.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function describe({ round, subject, values, disturbed, otherLoad, error, note }: Outcome, scenario: Scenario): string {
  const figures = scenario.figures
    .filter(({ id }) => values[id] !== undefined)
    .map(({ id, title, digits }) => `${title} ${values[id]?.toFixed(digits)}`);
  const result = error === undefined ? figures.join(", ") : `FAILS: ${error}`;
  const load = disturbed ? ` (disturbed: ${otherLoad?.toFixed(2)} cores)` : "";
  return `${round} ${scenario.id} ${subject}: ${result}${load}${note === undefined ? "" : ` (${note})`}`;
}
