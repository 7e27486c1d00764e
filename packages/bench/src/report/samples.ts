import type { Outcome } from "../run/outcome.ts";
import type { BenchmarkResult } from "./result.ts";

/** The outcomes that count: without disturbed samples, except in the quick form, which takes each sample only once. */
export class Samples {
  readonly #outcomes: readonly Outcome[];

  constructor({ outcomes, quick }: Pick<BenchmarkResult, "outcomes" | "quick">) {
    this.#outcomes = outcomes.filter(({ disturbed }) => quick || !disturbed);
  }

  of(scenario: string, subject: string): Outcome[] {
    return this.#outcomes.filter((outcome) => outcome.scenario === scenario && outcome.subject === subject);
  }

  /** The subjects that have samples of a scenario. */
  subjects(scenario: string): string[] {
    return [
      ...new Set(this.#outcomes.filter((outcome) => outcome.scenario === scenario).map(({ subject }) => subject)),
    ];
  }

  values(scenario: string, subject: string, figure: string): number[] {
    return this.of(scenario, subject)
      .map(({ values }) => values[figure])
      .filter((value) => value !== undefined);
  }

  /** A subject's figure beside that of another one, for each round that has both. */
  pairs(scenario: string, subject: string, figure: string, other: string): Pair[] {
    const others = this.of(scenario, other);
    return this.of(scenario, subject).flatMap(({ round, values }) => {
      const value = values[figure];
      const base = others.find((outcome) => outcome.round === round)?.values[figure];
      return value === undefined || base === undefined || base === 0 ? [] : [{ value, base }];
    });
  }
}

/** A figure of two subjects in the same round. */
export interface Pair {
  readonly value: number;
  readonly base: number;
}
