import { type Check, CHECKS } from "@curfew/conformance";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXCEPTIONS } from "./conformance-exceptions.ts";

const document = readFileSync(new URL("../../../../docs/nova.md", import.meta.url), "utf8");

function rowOf({ id, title, nova, novaPasses }: Check): string {
  const said = novaPasses ? `yes${nova === "does" ? "" : `: ${nova}`}` : `**no**: ${nova}`;
  const ours = EXCEPTIONS[id] ?? "yes";
  return `| \`${id}\` | ${[title, said, ours].join(" | ")} |`;
}

test("the document has each check of the suite, with what Nova does and what Curfew does", () => {
  const [, section = ""] = document.split("## Conformance");
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => row.replaceAll(/ +\|/g, " |"))).toEqual(CHECKS.map(rowOf));
});

test("every exception is a check", () => {
  const ids = CHECKS.map(({ id }) => id);
  expect(Object.keys(EXCEPTIONS).filter((id) => !ids.includes(id))).toEqual([]);
});
