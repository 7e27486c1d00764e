import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("is a client module for React Server Components: the entry point begins with the directive", () => {
  const source = readFileSync(new URL("../src/index.ts", import.meta.url), "utf8");
  expect(source.startsWith('"use client";')).toBe(true);
});
