import { expect, test } from "vitest";
import { UnknownTokens } from "./unknown-tokens.ts";

test("what was added is remembered for a second", () => {
  let now = 0;
  const unknown = new UnknownTokens({ now: () => now });
  unknown.add("a");
  expect([unknown.has("a"), unknown.has("b")]).toEqual([true, false]);
  now = 999;
  expect(unknown.has("a")).toBe(true);
  now = 1000;
  expect(unknown.has("a")).toBe(false);
});

test("no more are kept than the limit: the oldest go, and so do those that are forgotten", () => {
  let now = 0;
  const unknown = new UnknownTokens({ max: 3, now: () => now });
  for (const key of ["a", "b", "c", "a", "d"]) unknown.add(key);
  expect(["a", "b", "c", "d"].map((key) => unknown.has(key))).toEqual([true, false, true, true]);
  expect(unknown.size).toBe(3);
  now = 2000;
  unknown.add("e");
  expect(unknown.size).toBe(1);
});
