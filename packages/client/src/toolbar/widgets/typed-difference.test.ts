import { expect, test } from "vitest";
import { typedDifference } from "./typed-difference.ts";

test.each([
  ["", "a", 0, "a"],
  ["__", "__a", 0, "a"],
  ["__a", "__", 1, ""],
  ["__teh", "__the", 2, "he"],
  ["__ni", "__に", 2, "に"],
  ["__😀", "__😃", 1, "😃"],
  ["same", "same", 0, ""],
  ["abc", "", 3, ""],
])("%j that became %j is %i erased and %j typed", (before, after, erased, typed) => {
  expect(typedDifference(before, after)).toEqual({ erased, typed });
});
