import type { Figure } from "../measures/measure.ts";

/** What came out of running one measure on one proxy once. */
export interface Outcome {
  readonly measure: string;
  readonly peer: string;
  /** From 1. */
  readonly round: number;
  readonly values: Readonly<Record<string, number>>;
  /** Cores' worth of load by other programs, where it was watched. */
  readonly otherLoad?: number;
  /** Whether other programs disturbed the sample: it then counts only in the quick form. */
  readonly disturbed: boolean;
  readonly note?: string;
  /** Why there are no values. */
  readonly error?: string;
}

/** The machine and what it ran. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly congestionControl: string;
  readonly openFiles: number | null;
  readonly pinned: boolean;
}

/** Everything that the report says. */
export interface BenchmarkResult {
  readonly startedAt: string;
  readonly minutes: number;
  readonly quick: boolean;
  readonly rounds: number;
  readonly windowMs: number;
  readonly machine: Machine;
  readonly peers: readonly { readonly name: string; readonly description: string }[];
  readonly measures: readonly {
    readonly id: string;
    readonly title: string;
    readonly method: string;
    readonly figures: readonly Figure[];
  }[];
  readonly outcomes: readonly Outcome[];
}
