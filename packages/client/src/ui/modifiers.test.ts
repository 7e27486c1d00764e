import { expect, test } from "vitest";
import { modifierOf } from "./modifiers.ts";

test.each([
  ["AltLeft", "Alt", "Alt"],
  // On Linux, while Shift is held.
  ["AltLeft", "Meta", "Alt"],
  ["MetaRight", "Meta", "Meta"],
  ["AltRight", "AltGraph", undefined],
  ["KeyA", "a", undefined],
  ["", "Shift", "Shift"],
])("the key %j that types %j is the modifier %s", (code, key, modifier) => {
  expect(modifierOf({ code, key })).toBe(modifier);
});
