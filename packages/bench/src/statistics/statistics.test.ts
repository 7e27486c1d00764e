import { expect, test } from "vitest";
import { median, percentile, shuffled } from "./index.ts";

test("the median is the middle value, or the mean of the two in the middle, in any order", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 4, 2])).toBe(3);
  expect(median([7])).toBe(7);
});

test("without values there is neither a median nor a percentile", () => {
  expect(median([])).toBeNaN();
  expect(percentile([], 50)).toBeNaN();
});

test("a percentile is one of the values, by nearest rank", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([0, 50, 99, 99.5, 100].map((percent) => percentile(values, percent))).toEqual([1, 100, 198, 199, 200]);
});

test("values are sorted as numbers", () => {
  expect(percentile([100, 9, 20], 100)).toBe(100);
  expect(median([100, 9, 20])).toBe(20);
});

test("shuffling keeps every value and leaves the original list unchanged", () => {
  const values = [1, 2, 3, 4];
  expect(shuffled(values, () => 0)).toEqual([2, 3, 4, 1]);
  expect(shuffled(values).toSorted((a, b) => a - b)).toEqual(values);
  expect(values).toEqual([1, 2, 3, 4]);
});
