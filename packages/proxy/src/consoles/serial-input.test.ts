import { describe, expect, test } from "vitest";
import { SERIAL_INPUT } from "./serial-input.ts";
import { stopwatch } from "../../test/support/waited.ts";

const isInput = (text: string): boolean => SERIAL_INPUT.take(Buffer.from(text, "latin1"));

describe("what a terminal reports by itself is no input", () => {
  test.each([
    ["its kind", "\x1b[?1;2c"],
    ["its version", "\x1b[>0;276;0c"],
    ["its state", "\x1b[0n"],
    ["the cursor", "\x1b[24;80R"],
    ["the cursor, with the page", "\x1b[?24;80;1R"],
    ["a mode", "\x1b[?2004;1$y"],
    ["its size", "\x1b[8;24;80t"],
    ["the keyboard's mode", "\x1b[?0u"],
    ["that it has the focus", "\x1b[I"],
    ["that it lost the focus", "\x1b[O"],
    ["a color", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"],
    ["a color, ended by BEL", "\x1b]4;1;rgb:cdcd/0000/0000\x07"],
    ["a setting", "\x1bP1$r0m\x1b\\"],
    ["its name", "\x1bP>|xterm.js(6.0.0)\x1b\\"],
    ["several things", "\x1b[?1;2c\x1b[24;80R\x1b[0n"],
  ])("%s", (_what, text) => {
    expect(isInput(text)).toBe(false);
  });
});

describe("what the user does is input", () => {
  test.each([
    ["a letter", "a"],
    ["Enter", "\r"],
    ["Escape", "\x1b"],
    ["Alt + a letter", "\x1ba"],
    ["Alt + [", "\x1b["],
    ["an arrow", "\x1b[A"],
    ["Ctrl + an arrow", "\x1b[1;5C"],
    ["a function key", "\x1b[15~"],
    ["a key with modifiers, in full", "\x1b[97;5u"],
    ["the mouse", "\x1b[<0;10;10M"],
    ["a paste", "\x1b[200~ls\x1b[201~"],
    ["a letter after a report", "\x1b[24;80Ra"],
    ["a report after a letter", "a\x1b[24;80R"],
    ["a report in pieces", "\x1b[24;"],
    ["very many reports", "\x1b[0n".repeat(1025)],
  ])("%s", (_what, text) => {
    expect(isInput(text)).toBe(true);
  });

  test("not an empty piece", () => {
    expect(isInput("")).toBe(false);
  });

  test("and is found in time, whatever it is", () => {
    const elapsed = stopwatch();
    for (const text of ["\x1b[" + "1;".repeat(2000), "\x1b]1;" + "x".repeat(4000), "\x1b[0n".repeat(1023) + "x"]) {
      expect(isInput(text)).toBe(true);
    }
    expect(elapsed()).toBeLessThan(1000);
  });
});
