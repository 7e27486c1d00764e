import { CHECKS } from "@curfew/conformance";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const README = new URL("../../../conformance/README.md", import.meta.url);
const FAULTS = Array.from({ length: 19 }, (_, index) => `B${index + 1}`);

/** The table of the known faults: number, checks, and what quotes tests. */
const rows = readFileSync(README, "utf8")
  .split("\n")
  .filter((line) => /^\| B\d+ /.test(line))
  .map((line) => {
    const [number = "", , checks = "", tests = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    return { number, checks: [...checks.matchAll(/`(\w+)`/g)].map(([, id = ""]) => id), tests };
  });

test("the table of the known faults has each of them once", () => {
  expect(rows.map(({ number }) => number)).toEqual(FAULTS);
});

test.each(rows)("$number names checks of the suite, all that are about it", ({ number, checks }) => {
  const about = CHECKS.filter(({ id }) => id === number || id.startsWith(`${number}_`));
  const visible = about.filter((check) => !("unobservable" in check));
  expect(checks.toSorted()).toEqual(visible.map(({ id }) => id).toSorted());
});

test.each(rows)("$number names tests that exist", ({ tests }) => {
  const named = [...tests.matchAll(/\]\(([^)]+)\), “([^”]+)”/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, path = "", title = ""] of named) expect(readFileSync(new URL(path, README), "utf8")).toContain(title);
});
