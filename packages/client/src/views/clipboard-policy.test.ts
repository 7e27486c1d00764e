import { expect, test } from "vitest";
import { ClipboardPolicy } from "./clipboard-policy.ts";

test.each([
  [undefined, true, true],
  ["both", true, true],
  ["to-machine", true, false],
  ["from-machine", false, true],
  ["none", false, false],
] as const)("clipboard: %s", (clipboard, toMachine, fromMachine) => {
  const policy = new ClipboardPolicy(clipboard === undefined ? {} : { clipboard });
  expect([policy.toMachine("text"), policy.fromMachine("text")]).toEqual([toMachine, fromMachine]);
});

test("the size is that of the text in UTF-8", () => {
  const policy = new ClipboardPolicy({ maxClipboardBytes: 6 });
  for (const text of ["", "abcdef", "€€", "äöü", "💻a"]) expect(policy.toMachine(text), text).toBe(true);
  for (const text of ["abcdefg", "€€a", "äöüa", "💻abc"]) expect(policy.fromMachine(text), text).toBe(false);
});

test("invalid values are named", () => {
  expect(() => new ClipboardPolicy({ clipboard: "in" as "both" })).toThrow(
    'clipboard: expected "both", "to-machine", "from-machine" or "none", got "in"',
  );
  expect(() => new ClipboardPolicy({ maxClipboardBytes: -1 })).toThrow(
    "maxClipboardBytes: expected bytes from 0, got -1",
  );
  expect(() => new ClipboardPolicy({ maxClipboardBytes: NaN })).toThrow("got NaN");
});
