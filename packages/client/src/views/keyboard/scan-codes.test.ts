import { expect, test } from "vitest";
import { SCAN_CODES, releaseCode } from "./scan-codes.ts";

test.each([
  ["Escape", 0x01],
  ["Digit1", 0x02],
  ["KeyQ", 0x10],
  ["KeyA", 0x1e],
  ["KeyZ", 0x2c],
  ["Space", 0x39],
  ["F10", 0x44],
  ["Numpad7", 0x47],
  ["Numpad0", 0x52],
  ["NumpadDecimal", 0x53],
  ["F12", 0x58],
  ["AltRight", 0x38e0],
])("%s has the scan code %i", (code, scanCode) => {
  expect(SCAN_CODES.get(code)).toBe(scanCode);
});

test("a release has the highest bit of the last byte, and for Pause of both", () => {
  expect([0x1e, 0x38e0, 0x451de1].map(releaseCode)).toEqual([0x9e, 0xb8e0, 0xc59de1]);
});
