import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { variableName } from "../src/config/load.ts";
import { describeOptions } from "../src/config/schema.ts";

const document = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");

/** The cells of the rows of the options table. */
const rows = document
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()));

function written(path: string, value: unknown): string {
  // The folder is the machine's.
  if (path === "tokens.path") return `\`${basename(String(value))}\` in the state folder`;
  if (value === null || (Array.isArray(value) && value.length === 0)) return "none";
  return `\`${Array.isArray(value) ? value.join(", ") : JSON.stringify(value).replaceAll('"', "")}\``;
}

test("the options table and the schema say the same, in the same order", () => {
  expect(rows).toEqual(
    describeOptions().map(({ path, default: value, description }) => [
      `\`${path}\``,
      `\`${variableName(path)}\``,
      written(path, value),
      description,
    ]),
  );
});

test("every variable that the document names exists", () => {
  const known = new Set(describeOptions().map(({ path }) => variableName(path)));
  const named = document.match(/CURFEW_[A-Z_]+/g) ?? [];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
