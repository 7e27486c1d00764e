import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AUTH_PLUGINS } from "../../src/websockify/auth-plugins.ts";
import { WEBSOCKIFY_OPTIONS } from "../../src/websockify/option-table.ts";
import { TOKEN_PLUGINS } from "../../src/websockify/token-plugins.ts";

const document = readFileSync(new URL("../../../../docs/websockify.md", import.meta.url), "utf8");

/** The first cells of the table below a heading. */
function firstCells(heading: string): readonly string[] {
  const [section = ""] = document.split(`\n## ${heading}\n`)[1]?.split("\n## ") ?? [];
  return [...section.matchAll(/^\| `([\w-]+)/gm)].map(([, cell = ""]) => cell);
}

test("the document has a row for each option, in their order", () => {
  expect(firstCells("Options")).toEqual(WEBSOCKIFY_OPTIONS.map(({ name }) => name));
});

test("the document has a row for each plugin, and no other", () => {
  expect(firstCells("Token plugins")).toEqual(Object.keys(TOKEN_PLUGINS));
  expect(firstCells("Auth plugins")).toEqual(Object.keys(AUTH_PLUGINS));
});
