import { describe, expect, test } from "vitest";
import { cleanName } from "./clean-name.ts";

describe("a name from a machine", () => {
  test.each([
    ["stays as it is", "web-03 · Größe 日本", "web-03 · Größe 日本"],
    ["keeps letters written from right to left", "שרת 7", "שרת 7"],
    ["loses what changes the direction of text", "a\u202Egnp.exe\u2066\u200F", "agnp.exe"],
    ["loses control characters and lone surrogates", "a\u0007\u001B[31m\uD800b\u009C", "a[31mb"],
    ["becomes one line", "  a\r\n\tb  ", "a b"],
  ])("%s", (_what, name, expected) => {
    expect(cleanName(name)).toBe(expected);
  });

  test("is cut between characters as people see them", () => {
    const family = "👩‍👩‍👧";
    const shown = cleanName(family.repeat(300));
    expect(shown.endsWith("…")).toBe(true);
    expect(shown.slice(0, -1).length % family.length).toBe(0);
    expect(shown.length).toBeLessThanOrEqual(1001);
    expect(cleanName("x".repeat(121))).toBe(`${"x".repeat(120)}…`);
    // One character with megabytes of combining marks.
    expect(cleanName(`a${"\u0301".repeat(1e6)}`)).toBe("…");
  });
});
