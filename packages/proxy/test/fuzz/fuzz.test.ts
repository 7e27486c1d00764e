import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsOf } from "./corpus.ts";
import { cuts, near } from "./mutation.ts";
import { TARGETS } from "./targets/index.ts";

describe.each(TARGETS)("$name", (target) => {
  test("takes every kept input, and inputs near them", async () => {
    const inputs = inputsOf(target);
    await using fuzzed = await target.start();
    for (const input of inputs) expect(await fuzzed.run(input, [1, 2])).toEqual(expect.any(String));
    await fc.assert(
      fc.asyncProperty(near(inputs), cuts, async (input, at) => {
        await fuzzed.run(input, at);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 10_000 },
    );
  });
});
