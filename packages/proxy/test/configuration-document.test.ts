import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, variableName } from "../src/config/load.ts";
import type { OptionDescription } from "../src/config/option-schema.ts";
import { type ConfigError, describeOptions } from "../src/config/schema.ts";
import { describeTokenSources } from "../src/config/token-sources.ts";
import { TestFolder } from "./support/folder.ts";

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

/** What is no configuration of the gateway: values of the Helm chart, and variables of Kolla. */
const OTHERS = /^(?:replicas|nova_novncproxy_image_full):/m;

test("every configuration in the documents is accepted, but for files that are not there", async () => {
  const folder = new URL("../../../docs/", import.meta.url);
  await using made = await TestFolder.create();
  const file = join(made.path, "curfew.yaml");
  let count = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".md"))) {
    const blocks = readFileSync(new URL(name, folder), "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
    for (const [, text = ""] of blocks) {
      if (OTHERS.test(text)) continue;
      count += 1;
      await writeFile(file, text);
      const problems = await loadConfig({ file, needsCredentials: false }).then(
        () => [],
        (error: unknown) => (error as ConfigError).problems,
      );
      expect([name, text, problems.filter((problem) => !/_file: \S+ does not exist$/.test(problem))]).toEqual([
        name,
        text,
        [],
      ]);
    }
  }
  expect(count).toBeGreaterThan(15);
});
