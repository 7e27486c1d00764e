import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeOptions } from "../src/config/schema.ts";
import { SCENARIOS } from "./hostile/scenarios/index.ts";

const document = readFileSync(join(import.meta.dirname, "../../../SECURITY.md"), "utf8");

/** The rows of the threat model: an attack, what prevents it, its tests. */
const rows = document
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.includes("---") && !line.includes("what prevents it"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("every test that SECURITY.md names exists", () => {
  const names = rows.flatMap((cells) => [...(cells[3] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
  const isThere = (name: string): boolean =>
    existsSync(join(import.meta.dirname, name.endsWith("/") ? name : `${name}.test.ts`)) ||
    SCENARIOS.some((scenario) => scenario.name === name);
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});

test("every option that SECURITY.md names exists", () => {
  const options = describeOptions().map(({ path }) => path);
  const groups = new Set(options.map((path) => path.split(".", 1)[0]));
  const named = [...document.matchAll(/`([a-z]+)\.([a-z_]+)`((?:(?:,| and) `\.[a-z_]+`(?: \([^)]*\))?)*)/g)];
  const paths = named.flatMap(([, group = "", name = "", more = ""]) =>
    [name, ...[...more.matchAll(/`\.([a-z_]+)`/g)].map(([, each = ""]) => each)].map((each) => `${group}.${each}`),
  );
  const own = paths.filter((path) => groups.has(path.split(".", 1)[0]));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((path) => !options.includes(path))).toEqual([]);
});
