import { expect, test } from "vitest";
import { charactersOutsideLatin1, decodeClipboard } from "./clipboard-text.ts";

test("characters that Latin-1 lacks are named once each", () => {
  expect(charactersOutsideLatin1("žluť €, žába ß")).toBe("žť€");
  expect(charactersOutsideLatin1("Grüße\n")).toBe("");
});

test.each([
  ["UTF-8 that was sent as Latin-1", "Å¾lu\u00C5\u00A5 \u00E2\u0082\u00AC", "žluť €"],
  ["Latin-1", "Gr\u00FC\u00DFe", "Grüße"],
  ["ASCII", "text\n", "text\n"],
  ["what is no Latin-1", "Å¾ €", "Å¾ €"],
])("%s is read as it was meant", (_name, received, meant) => {
  expect(decodeClipboard(received)).toBe(meant);
});
