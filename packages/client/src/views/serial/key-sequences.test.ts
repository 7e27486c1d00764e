import { describe, expect, test } from "vitest";
import { sequenceOf, withModifiers, type SerialKey, type SerialModifier } from "./key-sequences.ts";

const ESC = "\u001B";

describe("the bytes of keys", () => {
  test.each<[SerialKey, string, string]>([
    ["ArrowUp", `${ESC}[A`, `${ESC}OA`],
    ["F1", `${ESC}OP`, `${ESC}OP`],
    ["F12", `${ESC}[24~`, `${ESC}[24~`],
    ["PageUp", `${ESC}[5~`, `${ESC}[5~`],
    ["Tab", "\t", "\t"],
  ])("%s", (key, normal, application) => {
    expect(sequenceOf(key, false)).toBe(normal);
    expect(sequenceOf(key, true)).toBe(application);
  });

  // As xterm sends them (ctlseqs, "PC-Style Function Keys").
  test.each<[string, readonly SerialModifier[], string]>([
    [`${ESC}[A`, ["Control"], `${ESC}[1;5A`],
    [`${ESC}OA`, ["Shift"], `${ESC}[1;2A`],
    [`${ESC}OP`, ["Alt", "Control"], `${ESC}[1;7P`],
    [`${ESC}[24~`, ["Alt"], `${ESC}[24;3~`],
    ["c", ["Control"], "\u0003"],
    ["]", ["Control"], "\u001D"],
    [" ", ["Control"], "\u0000"],
    ["7", ["Control"], "7"],
    ["x", ["Alt"], `${ESC}x`],
    ["x", ["Shift"], "X"],
    ["\t", ["Shift"], `${ESC}[Z`],
    ["text", ["Control"], "text"],
    ["ü", ["Control"], "ü"],
    ["c", [], "c"],
  ])("%j with %j is %j", (sent, modifiers, expected) => {
    expect(withModifiers(sent, new Set(modifiers))).toBe(expected);
  });
});
