import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { countPlaywright, countVitest } from "./reports.ts";
import { formatSummary } from "./summary.ts";

const file = (path: string, status: string, ...statuses: string[]) => ({
  name: join(root, path),
  status,
  assertionResults: statuses.map((result) => ({ status: result })),
});

const specs = (...statuses: string[]) => [{ tests: statuses.map((status) => ({ status })) }];

test("vitest's tests are counted by package, and a file that could not be loaded counts as failed", () => {
  expect(
    countVitest({
      testResults: [
        file("packages/proxy/src/a.test.ts", "failed", "passed", "failed"),
        file("packages/proxy/test/b.test.ts", "passed", "passed", "pending", "todo"),
        file("apps/console/src/c.test.ts", "failed"),
        file("tools/d.test.ts", "passed", "passed"),
      ],
    }),
  ).toEqual([
    { suite: "unit: packages/proxy", passed: 2, failed: 1, skipped: 2 },
    { suite: "unit: apps/console", passed: 0, failed: 1, skipped: 0 },
    { suite: "unit: tools", passed: 1, failed: 0, skipped: 0 },
  ]);
});

test("Playwright's tests are counted by file with their groups, and errors outside tests count as failed", () => {
  expect(
    countPlaywright({
      errors: [{ message: "cannot load" }],
      suites: [
        {
          file: "vnc.spec.ts",
          specs: specs("expected"),
          suites: [{ file: "vnc.spec.ts", specs: specs("flaky", "unexpected", "skipped") }],
        },
      ],
    }),
  ).toEqual([
    { suite: "e2e: vnc.spec.ts", passed: 1, failed: 2, skipped: 1 },
    { suite: "e2e: outside of tests", passed: 0, failed: 1, skipped: 0 },
  ]);
});

test("the summary names each suite and ends with the counts of all", () => {
  const lines = formatSummary([
    { suite: "unit: tools", passed: 3, failed: 0, skipped: 0 },
    { suite: "e2e: vnc.spec.ts", passed: 10, failed: 1, skipped: 0 },
  ]).split("\n");
  expect(lines).toEqual([
    "suite              passed   failed  skipped",
    "unit: tools             3        0        0",
    "e2e: vnc.spec.ts       10        1        0",
    "",
    "13 passed, 1 failed",
  ]);
});

test("skipped tests are named in the last line", () => {
  expect(formatSummary([{ suite: "a", passed: 1, failed: 0, skipped: 2 }])).toMatch(
    /\n1 passed, 0 failed, 2 skipped$/u,
  );
});
