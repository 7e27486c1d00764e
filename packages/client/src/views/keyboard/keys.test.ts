import { describe, expect, test } from "vitest";
import { comboKeys } from "./keys.ts";

describe("keys", () => {
  test("knows the function keys of the consoles", () => {
    expect(comboKeys("ctrl-alt-f12").map(({ keysym }) => keysym)).toEqual([0xffe3, 0xffe9, 0xffc9]);
    expect(() => comboKeys("ctrl-alt-f13" as never)).toThrow(RangeError);
  });
});
