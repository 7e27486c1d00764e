import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloseCode, closeAction } from "@curfew/protocol";
import { root } from "./root.ts";

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  test("lists every close code with its name and action, and no other", () => {
    const rows = [...readme.matchAll(/^\| (\d{4}) \| `(\w+)` +\| (\w+) +\|/gm)].map(([, code, name, action]) => [
      name,
      Number(code),
      action,
    ]);
    expect(rows).toEqual(Object.entries(CloseCode).map(([name, code]) => [name, code, closeAction(code)]));
  });

  test("names folders and files that exist", () => {
    const folders = [...readme.matchAll(/^\| `([\w/]+)` +\|/gm)].map(([, folder]) => folder ?? "");
    expect(folders).toContain("packages/proxy");
    const links = [...readme.matchAll(/\]\((?!https?:)([\w./-]+)\)/g)].map(([, link]) => link ?? "");
    for (const path of [...folders.filter((name) => name.includes("/")), ...links]) {
      expect(() => readdirOrFile(path), path).not.toThrow();
    }
  });
});

describe("TypeScript in the documents is compiled", () => {
  const snippets = [
    ...readdirSync(join(root, "docs/snippets")).map((name) => read("docs/snippets", name).trim()),
    read("apps/console/src/embedding/messages.ts").trim(),
  ];
  test.each(["README.md", "packages/proxy/README.md", "docs/operating.md", "docs/embedding.md"])("%s", (document) => {
    for (const [, code] of read(document).matchAll(/```ts\n([^]*?)```/g)) expect(snippets).toContain(code?.trim());
  });
});

function readdirOrFile(path: string): void {
  try {
    readdirSync(join(root, path));
  } catch {
    read(path);
  }
}
