import { describe, expect, test } from "vitest";
import { characterKeys, comboKeys } from "./keys.ts";

describe("keys", () => {
  test("knows the function keys of the consoles", () => {
    expect(comboKeys("ctrl-alt-f12").map(({ keysym }) => keysym)).toEqual([0xffe3, 0xffe9, 0xffc9]);
    expect(() => comboKeys("ctrl-alt-f13" as never)).toThrow(RangeError);
  });

  test.each([
    ["a", [0x61]],
    ["A", [0xffe1, 0x41]],
    ["?", [0xffe1, 0x3f]],
    ["é", [0xe9]],
    ["€", [0x010020ac]],
    ["😀", [0x0101f600]],
    ["\n", [0xff0d]],
    ["\t", [0xff09]],
  ])("types %j", (character, keysyms) => {
    expect(characterKeys(character).map(({ keysym }) => keysym)).toEqual(keysyms);
  });
});
