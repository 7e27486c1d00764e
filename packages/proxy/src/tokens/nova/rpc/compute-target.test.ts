import { expect, test } from "vitest";
import { computeTarget } from "./compute-target.ts";

const compute = { topic: "compute", version: "6.0" };
const alternative = { topic: "compute-alt", version: "6.0" };
const old = { topic: "compute", version: "5.0" };

test.each([
  [undefined, compute],
  [0, compute],
  [55, old],
  [56, compute],
  [67, compute],
  [70, compute],
  [71, alternative],
  [73, alternative],
])("with auto, the oldest nova-compute decides: %s", (serviceVersion, target) => {
  expect(computeTarget("auto", serviceVersion)).toEqual(target);
});

test.each([
  ["caracal", compute],
  ["gazpacho", alternative],
  ["victoria", old],
  ["6.4", compute],
  ["6.5", alternative],
  ["6.10", alternative],
  ["7.0", alternative],
  ["5.13", old],
])("a configured level decides over the services: %s", (level, target) => {
  expect(computeTarget(level, 73)).toEqual(target);
  expect(computeTarget(level, 67)).toEqual(target);
});

test.each(["", "6", "6.x", "stable", "constructor"])("a level that there is not is refused: %j", (level) => {
  expect(() => computeTarget(level, undefined)).toThrow(
    new TypeError(
      `expected auto, a version such as 6.4, or a release from queens to gazpacho, but got ${JSON.stringify(level)}`,
    ),
  );
});
