import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8").trim();
const blocks = [...read("../README.md").matchAll(/```tsx?\n([\s\S]*?)```/g)].map(([, code]) => code?.trim());
const files = readdirSync(new URL("readme", import.meta.url));

describe("README.md", () => {
  it.each(files)("shows %s as it is type-checked", (file) => {
    expect(blocks).toContain(read(`readme/${file}`));
  });

  it("shows no other TypeScript", () => {
    expect(blocks).toHaveLength(files.length);
  });
});
