import { expect, test } from "vitest";
import { seconds } from "./argument-parsers.ts";

test.each([
  ["90", 90],
  ["0.5", 0.5],
])("a lifetime of %s", (text, value) => expect(seconds(text)).toBe(value));

test.each(["", " ", "0", "-5", "1e2", "0x10", " 5", "5 ", "5s", "Infinity", "3153600001"])(
  "a lifetime of %j is refused",
  (text) => expect(() => seconds(text)).toThrow("expected a number of seconds above 0"),
);
