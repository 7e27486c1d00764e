import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { variableName } from "../src/config/load.ts";
import type { OptionDescription } from "../src/config/option-schema.ts";
import { describeOptions } from "../src/config/schema.ts";
import { describeTokenSources } from "../src/config/token-sources.ts";

const document = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");

/** The part under a heading, up to the next one; the first part has none. */
const sections = new Map(
  document.split(/^#{2,} /m).map((part, index) => [index === 0 ? "" : part.split("\n", 1)[0], part]),
);

/** The cells of the rows of the options table in a section. */
function rows(heading: string): string[][] {
  const lines = (sections.get(heading) ?? "").split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => line.split("|").slice(1, -1)).map((cells) => cells.map((cell) => cell.trim()));
}

function written({ path, default: value }: OptionDescription): string {
  // The folder is the machine's.
  if (path === "tokens.path") return `\`${basename(String(value))}\` in the state folder`;
  if (value === undefined) return "required";
  if (value === null || (Array.isArray(value) && value.length === 0)) return "none";
  return `\`${Array.isArray(value) ? value.join(", ") : JSON.stringify(value).replaceAll('"', "")}\``;
}

test("the options table and the schema say the same, in the same order", () => {
  expect(rows("")).toEqual(
    describeOptions().map((option) => [
      `\`${option.path}\``,
      `\`${variableName(option.path)}\``,
      written(option),
      option.description,
    ]),
  );
});

test("each type of token source has a section with its options, and no other type has one", () => {
  const documented = [...sections.keys()].filter((heading) => heading?.startsWith("`"));
  expect(documented).toEqual(Object.keys(describeTokenSources()).map((type) => `\`${type}\``));
  for (const [type, options] of Object.entries(describeTokenSources())) {
    expect(rows(`\`${type}\``)).toEqual(
      options.map((option) => [`\`${option.path}\``, written(option), option.description]),
    );
  }
});

test("every variable that the document names exists", () => {
  const known = new Set(
    describeOptions().flatMap(({ path, isSecret }) =>
      isSecret ? [variableName(path), variableName(`${path}_file`)] : [variableName(path)],
    ),
  );
  const named = document.match(/CURFEW_[A-Z_]+/g) ?? [];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
