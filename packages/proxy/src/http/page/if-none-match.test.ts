import { expect, test } from "vitest";
import { isKnown } from "./if-none-match.ts";

test.each([
  [undefined, false],
  ["", false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['W/"b",W/"a" , "c"', true],
  ["*", true],
  [" * ", true],
  ['"b"', false],
  ['"b, a"', false],
  ['"*"', false],
  ["a", false],
  ['"a', false],
  ['"A"', false],
])('If-None-Match %j names the tag "a": %s', (header, known) => {
  expect(isKnown(header, '"a"')).toBe(known);
});
