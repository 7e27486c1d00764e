import type { Machine } from "../machine/describe-machine.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { Subject } from "../subjects/subject.ts";

/** Everything in the report; the content of `report.json`. */
export interface BenchmarkResult {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly minutes: number;
  readonly quick: boolean;
  readonly rounds: number;
  readonly windowMs: number;
  readonly machine: Machine;
  readonly subjects: readonly Pick<Subject, "name" | "description">[];
  readonly scenarios: readonly Pick<Scenario, "id" | "title" | "method" | "figures">[];
  readonly outcomes: readonly Outcome[];
}
