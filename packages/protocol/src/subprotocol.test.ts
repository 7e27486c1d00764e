import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenFromSubprotocol, tokenSubprotocol } from "./subprotocol.ts";

test("any token survives the subprotocol list, and the entry is a token of RFC 9110", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (token) => {
      const entry = tokenSubprotocol(token);
      expect(entry).toMatch(/^[\w.-]+$/);
      expect(tokenFromSubprotocol(entry)).toBe(token);
    }),
  );
});

test.each(["binary", "curfew.v1", "curfew.token.", "curfew.token.a b", "curfew.token.a=", "curfew.token._w"])(
  "%s holds no token",
  (entry) => {
    expect(tokenFromSubprotocol(entry)).toBeUndefined();
  },
);
