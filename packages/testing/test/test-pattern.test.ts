import { createHash } from "node:crypto";
import { blockAt, DEFAULT_SIZE, testPattern, testPatternHash, seededBytes, seededHash } from "@curfew/testing";
import { expect, test } from "vitest";

test("the hashes of the test patterns stay as published", () => {
  expect(testPatternHash(0)).toBe("dae79100e541a1bbe9e0efc7e07094874522ef76fc6b2a6fa893ed48edd570d0");
  expect(testPatternHash(1)).toBe("dd6b038465fe4bfd82b335f7dbac1215750ea392f938d2c9223d29ff37aae36e");
  expect(testPatternHash(12_345)).toBe("d1c08d79b30ce0474d91bd2dc6b8204db3527731e49e63a10d611281f0f7bc4b");
  expect(testPatternHash(0, { width: 800, height: 600 })).toBe(
    "907b8836b5054338da13b7f3b517bd9fa34b1d97f4419a30d6d273c5e48a0a7d",
  );
});

test("a test pattern is opaque RGBA, and its hash is that of its bytes", () => {
  const { width, height, data } = testPattern(3);
  expect({ width, height }).toEqual(DEFAULT_SIZE);
  expect(data.length).toBe(width * height * 4);
  expect(data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  expect(createHash("sha256").update(data).digest("hex")).toBe(testPatternHash(3));
});

test("every pattern differs from the one before, also where the block turns back", () => {
  const hashes = Array.from({ length: 120 }, (_, n) => testPatternHash(n, { width: 64, height: 48 }));
  expect(new Set(hashes).size).toBe(120);
});

test("the block moves within the screen, and is orange at its corner", () => {
  for (const n of [0, 1, 35, 36, 37, 999_999]) {
    const { x, y, width, height } = blockAt(n, DEFAULT_SIZE);
    expect(x >= 0 && y >= 0 && x + width <= 320 && y + height <= 240).toBe(true);
    const at = 4 * (y * 320 + x);
    expect([...testPattern(n).data.subarray(at, at + 3)]).toEqual([255, 136, 0]);
  }
});

test.each([
  { width: 1, height: 1 },
  { width: 50, height: 1 },
  { width: 3, height: 200 },
  { width: 17, height: 5 },
])("a pattern of $width by $height is possible", (size) => {
  expect(testPattern(7, size).data.length).toBe(size.width * size.height * 4);
});

test("wrong numbers and sizes are refused with their value", () => {
  expect(() => testPattern(-1)).toThrow("pattern number is -1; expected an integer from 0 to 999999");
  expect(() => testPattern(1.5)).toThrow("pattern number is 1.5");
  expect(() => testPattern(0, { width: 0, height: 4 })).toThrow("width is 0; expected an integer from 1 to 8192");
});

test("seeded bytes are the same however they are cut, and differ by seed", () => {
  expect(seededBytes(9, 100_000).subarray(0, 5)).toEqual(seededBytes(9, 5));
  expect(seededBytes(9, 16)).not.toEqual(seededBytes(8, 16));
  expect(seededHash(9, 100_000)).toBe(createHash("sha256").update(seededBytes(9, 100_000)).digest("hex"));
});
