import { describe, expect, test } from "vitest";
import { describePaste, needsConfirmation } from "./paste.ts";

describe("a paste", () => {
  test.each<[string, string, Partial<ReturnType<typeof describePaste>>, boolean]>([
    ["a word", "ls -l", { lines: 1, endsWithBreak: false, controls: 0 }, false],
    ["a tab", "a\tb", { lines: 1, controls: 0 }, false],
    ["a line with its Enter", "ls\n", { lines: 1, endsWithBreak: true }, true],
    ["two lines", "a\r\nb", { lines: 2, endsWithBreak: false }, true],
    ["control characters", "a\u0003\u009Bm", { controls: 2 }, true],
    ["20,000 characters", "x".repeat(20_000), { lines: 1 }, false],
    ["more", "x".repeat(20_001), { lines: 1 }, true],
  ])("of %s is described, and asked about if it may do harm", (_what, text, expected, asks) => {
    const paste = describePaste(text, "utf-8");
    expect(paste).toMatchObject({ text, missing: "", ...expected });
    expect(needsConfirmation(paste)).toBe(asks);
  });

  test("is asked about if the line's encoding lacks a character", () => {
    const paste = describePaste("5 €", "latin1");
    expect(paste.missing).toBe("€");
    expect(needsConfirmation(paste)).toBe(true);
  });
});
