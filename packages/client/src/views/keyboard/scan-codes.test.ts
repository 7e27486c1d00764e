import { expect, test } from "vitest";
import { SCAN_CODES, codeOfCharacter, releaseCode } from "./scan-codes.ts";

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

test("every character of a US keyboard has a key, and no other has", () => {
  const printable = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCodePoint(0x20 + index));
  expect(printable.filter((character) => !SCAN_CODES.has(codeOfCharacter(character) ?? ""))).toEqual([]);
  expect(["é", "€", "ß", "", "ab", "\n"].map(codeOfCharacter)).toEqual(Array(6).fill(undefined));
});
