/** How the tests of one suite ended. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How one test ended. */
export type Outcome = "passed" | "failed" | "skipped";

/** Counts outcomes by suite, in the order in which the suites first appear. */
export function countBySuite(outcomes: Iterable<readonly [suite: string, outcome: Outcome]>): SuiteResult[] {
  const bySuite = new Map<string, Record<Outcome, number>>();
  for (const [suite, outcome] of outcomes) {
    const counts = bySuite.get(suite) ?? { passed: 0, failed: 0, skipped: 0 };
    counts[outcome] += 1;
    bySuite.set(suite, counts);
  }
  return [...bySuite].map(([suite, counts]) => ({ suite, ...counts }));
}

/** All suites together. */
export function total(results: readonly SuiteResult[]): Record<Outcome, number> {
  const sum = (outcome: Outcome): number => results.reduce((count, result) => count + result[outcome], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** A table with a row for each suite, and as its last line the counts of all: `12 passed, 0 failed`. */
export function formatSummary(results: readonly SuiteResult[]): string {
  const width = Math.max(5, ...results.map(({ suite }) => suite.length));
  const row = (suite: string, ...cells: readonly (string | number)[]): string =>
    `${suite.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
  const { passed, failed, skipped } = total(results);
  return [
    row("suite", "passed", "failed", "skipped"),
    ...results.map((result) => row(result.suite, result.passed, result.failed, result.skipped)),
    "",
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  ].join("\n");
}
