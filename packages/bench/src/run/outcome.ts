/** The result of one run of a scenario with one subject. */
export interface Outcome {
  readonly scenario: string;
  readonly subject: string;
  /** From 1. */
  readonly round: number;
  /** By the ids of the scenario's figures. */
  readonly values: Readonly<Record<string, number>>;
  /** CPU used by other programs, in cores; undefined if the scenario does not observe it. */
  readonly otherLoad?: number;
  /** Whether other programs disturbed the sample. Only the quick form counts disturbed samples. */
  readonly disturbed: boolean;
  readonly note?: string;
  /** Why there are no values. */
  readonly error?: string;
}
