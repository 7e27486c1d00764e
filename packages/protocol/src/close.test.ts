import fc from "fast-check";
import { expect, test } from "vitest";
import { CloseCode, closeAction, closeReason } from "./close.ts";

test("every number has an action", () => {
  fc.assert(fc.property(fc.integer(), (code) => ["stop", "authorize", "retry"].includes(closeAction(code))));
});

test("a code that this version does not know keeps its range's action", () => {
  expect(closeAction(4055)).toBe("stop");
  expect(closeAction(4177)).toBe("authorize");
  expect(closeAction(4242)).toBe("retry");
  expect(closeReason(4177)).toBeUndefined();
});

test("each code leads back to its name", () => {
  for (const [name, code] of Object.entries(CloseCode)) expect(closeReason(code)).toBe(name);
});

test("each name fits into a close frame, which has 123 bytes for it", () => {
  for (const name of Object.keys(CloseCode)) expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(123);
});
