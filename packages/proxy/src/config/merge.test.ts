import { expect, test } from "vitest";
import { merge, nest } from "./merge.ts";

test("groups are merged at any depth, and what is not in the second stays", () => {
  const base = { a: { b: { c: 1, d: 2 }, e: 3 }, f: 4 };
  expect(merge(base, nest("a.b.c", 9))).toEqual({ a: { b: { c: 9, d: 2 }, e: 3 }, f: 4 });
  expect(base.a.b.c).toBe(1);
});

test("lists and single values are replaced, and null is a value", () => {
  expect(merge({ a: [1, 2], b: { c: 1 } }, { a: [3], b: { c: null } })).toEqual({ a: [3], b: { c: null } });
  expect(merge({ a: null }, { a: { c: 1 } })).toEqual({ a: { c: 1 } });
});

test("a value where a group belongs is not replaced by the group: it is an error that must be reported", () => {
  expect(merge({ a: 1, b: [1] }, { a: { c: 1 }, b: { c: 1 } })).toEqual({ a: 1, b: [1] });
});

test("undefined replaces nothing", () => {
  expect(merge({ a: 1, b: { c: 1 } }, { a: undefined, b: { c: undefined } })).toEqual({ a: 1, b: { c: 1 } });
});
