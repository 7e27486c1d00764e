import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ROOT } from "../root.ts";
import type { Outcome, TestResult } from "./summary.ts";

/** The parts of vitest's JSON report that are used. */
export interface VitestReport {
  readonly testResults: readonly {
    /** Absolute path of the test file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      /** Milliseconds; undefined for a test that did not run. */
      readonly duration?: number | null;
    }[];
  }[];
}

/** The parts of Playwright's JSON report that are used. */
export interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[];
  /** What went wrong outside tests, such as a file that could not be loaded. */
  readonly errors: readonly unknown[];
}

interface PlaywrightSuite {
  /** Path of the file, relative to the folder of the tests. */
  readonly file: string;
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly { readonly status: string; readonly results: readonly { readonly duration: number }[] }[];
  }[];
  readonly suites?: readonly PlaywrightSuite[];
}

/** Where Playwright's files are. */
const E2E_FOLDER = "e2e/tests";

/**
 * Vitest's tests, counted by the package that they are in. A file that could not be loaded is a failed test.
 * @param kind - the kind of tests, as the first word of the suite's name.
 */
export function readVitest(report: VitestReport, kind: string): TestResult[] {
  return report.testResults.flatMap((result) => {
    const file = relative(ROOT, result.name);
    const suite = `${kind}: ${packageOf(file)}`;
    const tests = result.assertionResults.map(({ status, fullName, duration }) => ({
      suite,
      file,
      name: fullName,
      outcome: vitestOutcome(status),
      durationMs: duration ?? 0,
    }));
    const unloaded = result.status === "failed" && !tests.some(({ outcome }) => outcome === "failed");
    return [...tests, ...(unloaded ? [{ suite, file, name: "", outcome: "failed" as const, durationMs: 0 }] : [])];
  });
}

/** Playwright's tests, counted by file. An error outside tests is a failed test. */
export function readPlaywright(report: PlaywrightReport): TestResult[] {
  const outside = { suite: "e2e: outside of tests", file: E2E_FOLDER, name: "", outcome: "failed", durationMs: 0 };
  return [...report.suites.flatMap((suite) => flatten(suite)), ...report.errors.map(() => outside as TestResult)];
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
  const [top = "", name = ""] = file.split(sep);
  return top === "packages" || top === "apps" ? `${top}/${name}` : top;
}

function vitestOutcome(status: string): Outcome {
  if (status === "passed") return "passed";
  return status === "failed" ? "failed" : "skipped";
}

function flatten({ file, specs, suites = [] }: PlaywrightSuite): TestResult[] {
  return [
    ...specs.flatMap(({ title, tests }) =>
      tests.map(({ status, results }) => ({
        suite: `e2e: ${file}`,
        file: join(E2E_FOLDER, file),
        name: title,
        outcome: playwrightOutcome(status),
        durationMs: results.reduce((sum, { duration }) => sum + duration, 0),
      })),
    ),
    ...suites.flatMap((suite) => flatten(suite)),
  ];
}

/** A flaky test failed at least once. */
function playwrightOutcome(status: string): Outcome {
  if (status === "expected") return "passed";
  return status === "skipped" ? "skipped" : "failed";
}
