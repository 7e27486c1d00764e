/** How the tests of one suite ended. */
export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How one test ended. */
export type Outcome = "passed" | "failed" | "skipped";

/** A test that ran. */
export interface TestResult {
  /** What its result is counted under. */
  readonly suite: string;
  /** Path of its file, relative to the repository's root. */
  readonly file: string;
  /** Its name with those of its groups; empty for a file that could not be loaded. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

/** How many rows each table of the slowest has. */
const SLOWEST = 10;

/** Counts outcomes by suite, in the order in which the suites first appear. */
export function countBySuite(tests: Iterable<TestResult>): SuiteResult[] {
  const bySuite = new Map<string, Record<Outcome, number>>();
  for (const { suite, outcome } of tests) {
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

/**
 * The slowest files and tests, a table with a row for each suite, and as its last line the counts of all:
 * `12 passed, 0 failed`.
 */
export function formatSummary(tests: readonly TestResult[]): string {
  const results = countBySuite(tests);
  const { passed, failed, skipped } = total(results);
  const counts = results.map((result) => [result.suite, result.passed, result.failed, result.skipped] as const);
  return [
    ...formatSlowest("slowest files", durationsByFile(tests)),
    ...formatSlowest(
      "slowest tests",
      tests.map(({ file, name, durationMs }) => [`${file}: ${name}`, durationMs] as const),
    ),
    ...formatTable([["suite", "passed", "failed", "skipped"], ...counts]),
    "",
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  ].join("\n");
}

function durationsByFile(tests: readonly TestResult[]): (readonly [string, number])[] {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  return [...byFile].map(([file, own]) => [file, own.reduce((sum, { durationMs }) => sum + durationMs, 0)]);
}

function formatSlowest(title: string, durations: readonly (readonly [string, number])[]): string[] {
  const slowest = durations.toSorted(([, left], [, right]) => right - left).slice(0, SLOWEST);
  const rows = slowest.map(([name, ms]) => `${(ms / 1_000).toFixed(1).padStart(7)}  ${name}`);
  return rows.length === 0 ? [] : [`seconds  ${title}`, ...rows, ""];
}

function formatTable(rows: readonly (readonly [string, ...(string | number)[]])[]): string[] {
  const width = Math.max(5, ...rows.map(([first]) => first.length));
  return rows.map(
    ([first, ...cells]) => `${first.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join("")}`,
  );
}
