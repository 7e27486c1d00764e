import { readFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { root } from "../root.ts";
import { countBySuite } from "./summary.ts";
import type { Outcome, SuiteResult } from "./summary.ts";

/** The parts of vitest's JSON report that are counted. */
export interface VitestReport {
  readonly testResults: readonly {
    /** Absolute path of the test file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** The parts of Playwright's JSON report that are counted. */
export interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[];
  /** What went wrong outside tests, such as a file that could not be loaded. */
  readonly errors: readonly unknown[];
}

interface PlaywrightSuite {
  /** Path of the file, relative to the folder of the tests. */
  readonly file: string;
  readonly specs: readonly { readonly tests: readonly { readonly status: string }[] }[];
  readonly suites?: readonly PlaywrightSuite[];
}

/** Counts vitest's tests by the package that they are in. A file that could not be loaded is a failed test. */
export function countVitest(report: VitestReport): SuiteResult[] {
  return countBySuite(
    report.testResults.flatMap((file) => {
      const suite = `unit: ${packageOf(file.name)}`;
      const outcomes = file.assertionResults.map(({ status }) => vitestOutcome(status));
      const broken = file.status === "failed" && !outcomes.includes("failed");
      return [...outcomes, ...(broken ? (["failed"] as const) : [])].map((outcome) => [suite, outcome] as const);
    }),
  );
}

/** Counts Playwright's tests by file. An error outside tests is a failed test. */
export function countPlaywright(report: PlaywrightReport): SuiteResult[] {
  return countBySuite([
    ...report.suites.flatMap(flatten),
    ...report.errors.map(() => ["e2e: outside of tests", "failed"] as const),
  ]);
}

/** Reads a runner's report; undefined when the runner left without writing one. */
export async function readReport<Report>(file: string): Promise<Report | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Report;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** "packages/proxy" for anything in it; "tools" for anything in there. */
function packageOf(file: string): string {
  const [top = "", name = ""] = relative(root, file).split(sep);
  return top === "packages" || top === "apps" ? `${top}/${name}` : top;
}

function vitestOutcome(status: string): Outcome {
  if (status === "passed") return "passed";
  return status === "failed" ? "failed" : "skipped";
}

function flatten(suite: PlaywrightSuite): (readonly [string, Outcome])[] {
  return [
    ...suite.specs
      .flatMap(({ tests }) => tests)
      .map(({ status }) => [`e2e: ${suite.file}`, playwrightOutcome(status)] as const),
    ...(suite.suites ?? []).flatMap(flatten),
  ];
}

/** A flaky test failed at least once. */
function playwrightOutcome(status: string): Outcome {
  if (status === "expected") return "passed";
  return status === "skipped" ? "skipped" : "failed";
}
