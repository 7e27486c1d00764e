import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { readPlaywright, readVitest } from "./reports.ts";
import { type Outcome, type TestResult, countBySuite, formatSummary } from "./summary.ts";

const file = (path: string, status: string, ...statuses: string[]) => ({
  name: join(ROOT, path),
  status,
  assertionResults: statuses.map((result, index) => ({ status: result, fullName: `test ${index}`, duration: 100 })),
});

const specs = (...statuses: string[]) => [
  { title: "a test", tests: statuses.map((status) => ({ status, results: [{ duration: 1_000 }, { duration: 500 }] })) },
];

function results(suite: string, counts: Partial<Record<Outcome, number>>, more: Partial<TestResult> = {}) {
  return (Object.entries(counts) as [Outcome, number][]).flatMap(([outcome, count]) =>
    Array.from({ length: count }, () => ({ suite, file: suite, name: outcome, outcome, durationMs: 0, ...more })),
  );
}

test("vitest's tests are counted by package, and a file that could not be loaded counts as failed", () => {
  const tests = readVitest(
    {
      testResults: [
        file("packages/proxy/src/a.test.ts", "failed", "passed", "failed"),
        file("packages/proxy/test/b.test.ts", "passed", "passed", "pending", "todo"),
        file("apps/console/src/c.test.ts", "failed"),
        file("tools/d.test.ts", "passed", "passed", "passed"),
      ],
    },
    "unit",
  );
  expect(countBySuite(tests)).toEqual([
    { suite: "unit: packages/proxy", passed: 2, failed: 1, skipped: 2 },
    { suite: "unit: apps/console", passed: 0, failed: 1, skipped: 0 },
    { suite: "unit: tools", passed: 2, failed: 0, skipped: 0 },
  ]);
  expect(tests[0]).toMatchObject({ file: "packages/proxy/src/a.test.ts", name: "test 0", durationMs: 100 });
});

test("Playwright's tests are counted by file with their groups, and errors outside tests count as failed", () => {
  const tests = readPlaywright({
    errors: [{ message: "cannot load" }],
    suites: [
      {
        file: "vnc.spec.ts",
        specs: specs("expected"),
        suites: [{ file: "vnc.spec.ts", specs: specs("flaky", "unexpected", "skipped") }],
      },
    ],
  });
  expect(countBySuite(tests)).toEqual([
    { suite: "e2e: vnc.spec.ts", passed: 1, failed: 2, skipped: 1 },
    { suite: "e2e: outside of tests", passed: 0, failed: 1, skipped: 0 },
  ]);
  expect(tests[0]).toMatchObject({ file: "e2e/tests/vnc.spec.ts", name: "a test", durationMs: 1_500 });
});

test("the summary names the slowest files and tests, each suite, and ends with the counts of all", () => {
  const lines = formatSummary([
    ...results("unit: tools", { passed: 3 }, { file: "tools/a.test.ts", durationMs: 1_000 }),
    ...results("e2e: vnc.spec.ts", { passed: 1, failed: 1 }, { file: "e2e/tests/vnc.spec.ts", durationMs: 2_250 }),
  ]).split("\n");
  expect(lines).toEqual([
    "seconds  slowest files",
    "    4.5  e2e/tests/vnc.spec.ts",
    "    3.0  tools/a.test.ts",
    "",
    "seconds  slowest tests",
    "    2.3  e2e/tests/vnc.spec.ts: passed",
    "    2.3  e2e/tests/vnc.spec.ts: failed",
    "    1.0  tools/a.test.ts: passed",
    "    1.0  tools/a.test.ts: passed",
    "    1.0  tools/a.test.ts: passed",
    "",
    "suite              passed   failed  skipped",
    "unit: tools             3        0        0",
    "e2e: vnc.spec.ts        1        1        0",
    "",
    "4 passed, 1 failed",
  ]);
});

test("the tables of the slowest have ten rows at most", () => {
  const many = Array.from({ length: 30 }, (_, index) => results("a", { passed: 1 }, { file: `f${index}` })).flat();
  expect(formatSummary(many).match(/ f\d+$/gmu)).toHaveLength(10);
  expect(formatSummary(many).match(/ f\d+: /gmu)).toHaveLength(10);
});

test("skipped tests are named in the last line", () => {
  expect(formatSummary(results("a", { passed: 1, skipped: 2 }))).toMatch(/\n1 passed, 0 failed, 2 skipped$/u);
});

test("a run without tests ends with zero counts", () => {
  expect(formatSummary([])).toMatch(/^suite .*\n\n0 passed, 0 failed$/u);
});
