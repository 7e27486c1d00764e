import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.each([
  ["a terminal's title", "\u001B]0;owned\u0007", String.raw`\u001b]0;owned\u0007`],
  ["a cleared screen", "\u001B[2J\u001Bc", String.raw`\u001b[2J\u001bc`],
  ["the same in C1", "\u009B2J\u0090q\u009C", String.raw`\u009b2J\u0090q\u009c`],
  ["a row of its own", "vm\r\nvm-2  vnc", String.raw`vm\u000d\u000avm-2  vnc`],
  ["line separators", "a\u2028b\u2029c\u0085d", String.raw`a\u2028b\u2029c\u0085d`],
  ["text from right to left", "\u202Egpj.exe\u2066\u200F\u061C", String.raw`\u202egpj.exe\u2066\u200f\u061c`],
  ["invisible characters", "\uFEFFa\u00AD\u200B\u007F", String.raw`\ufeffa\u00ad\u200b\u007f`],
  ["tags beyond 16 bits", "\u{E0041}", String.raw`\udb40\udc41`],
  ["half a character", "\uD800x", String.raw`\ud800x`],
])("%s is escaped", (_what, text, expected) => {
  expect(printable(text)).toBe(expected);
  expect(JSON.parse(`"${expected}"`)).toBe(text);
});

test.each(["vm-1 · web 控制台 מכונה", "می‌خواهم", "👩‍💻 é é", String.raw`C:\u`])("%s stays", (text) => {
  expect(printable(text)).toBe(text);
});
