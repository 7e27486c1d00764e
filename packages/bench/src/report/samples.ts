import type { BenchmarkResult, Outcome } from "./result.ts";

/** What was measured, without the disturbed samples; the quick form has nothing else, so it keeps them. */
export class Samples {
  readonly #outcomes: readonly Outcome[];

  constructor({ outcomes, quick }: Pick<BenchmarkResult, "outcomes" | "quick">) {
    this.#outcomes = outcomes.filter(({ disturbed }) => quick || !disturbed);
  }

  of(measure: string, peer: string): Outcome[] {
    return this.#outcomes.filter((outcome) => outcome.measure === measure && outcome.peer === peer);
  }

  /** The proxies that have samples of a measure. */
  peers(measure: string): string[] {
    return [...new Set(this.#outcomes.filter((outcome) => outcome.measure === measure).map(({ peer }) => peer))];
  }

  values(measure: string, peer: string, figure: string): number[] {
    return this.of(measure, peer)
      .map(({ values }) => values[figure])
      .filter((value) => value !== undefined);
  }

  /** A proxy's figure beside another one's, for each round that has both. */
  pairs(measure: string, peer: string, figure: string, other: string): Pair[] {
    const others = this.of(measure, other);
    return this.of(measure, peer).flatMap(({ round, values }) => {
      const value = values[figure];
      const base = others.find((outcome) => outcome.round === round)?.values[figure];
      return value === undefined || base === undefined || base === 0 ? [] : [{ value, base }];
    });
  }
}

/** Two values of one figure, taken in the same round. */
export interface Pair {
  readonly value: number;
  readonly base: number;
}
