import { expect, test } from "vitest";
import { restartDelay } from "./restart-delay.ts";

test("the first replacement starts at once, the next ones after a delay that doubles up to ten seconds", () => {
  expect([0, 1, 2, 3, 4, 8, 9, 100].map(restartDelay)).toEqual([0, 0, 100, 200, 400, 6400, 10_000, 10_000]);
});
