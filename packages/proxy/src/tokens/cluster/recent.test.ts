import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("keeps so many, and drops the oldest; what is set again counts as new", () => {
  const recent = new Recent<number>(3);
  for (const [index, id] of ["a", "b", "a", "c", "d"].entries()) recent.set(id, index);
  expect([...recent.batches(2)]).toEqual([
    [
      ["a", 2],
      ["c", 3],
    ],
    [["d", 4]],
  ]);
  expect([recent.size, recent.has("b"), recent.has("a")]).toEqual([3, false, true]);
  recent.dropWhile((value) => value < 4);
  expect([recent.size, recent.has("d")]).toEqual([1, true]);
});
