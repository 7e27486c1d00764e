import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_CONTROL_BYTES } from "./messages.ts";
import { parseClientMessage, parseServerMessage } from "./parse.ts";

test("no text makes a parser throw", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(anything, (text) => {
      expect([true, false, "ignored"]).toContain(parseServerMessage(text).ok);
      expect([true, false, "ignored"]).toContain(parseClientMessage(text).ok);
    }),
  );
});

test("an unknown type is ignored, and so are unknown fields", () => {
  expect(parseServerMessage('{"type":"fanfare"}')).toEqual({ ok: "ignored" });
  expect(parseClientMessage('{"type":"ping","id":3,"mood":"good"}')).toEqual({
    ok: true,
    message: { type: "ping", id: 3 },
  });
});

test.each([
  ["", "not JSON"],
  ["nonsense", "not JSON"],
  ["[]", "not a JSON object"],
  ["null", "not a JSON object"],
  ["{}", "type: expected a non-empty string"],
  ['{"type":5}', "type: expected a non-empty string"],
  ['{"type":"renew","id":1}', "token: expected a non-empty string"],
  ['{"type":"renew","id":-1,"token":"t"}', "id: expected a whole number from 0"],
  ['{"type":"ping","id":1.5}', "id: expected a whole number from 0"],
  ['{"type":"break","durationMs":-1}', "durationMs: expected milliseconds from 0"],
  ['{"type":"takeover_answer","id":1,"allow":"yes"}', "allow: expected true or false"],
  ['{"type":"takeover_answer","allow":true}', "id: expected a whole number from 0"],
])("%s is refused: %s", (text, error) => {
  expect(parseClientMessage(text)).toEqual({ ok: false, error });
});

function hello(expiresInMs: unknown): boolean | "ignored" {
  return parseServerMessage(JSON.stringify({ type: "hello", session: "s", expiresInMs, renewable: false })).ok;
}

test("a deadline is a duration from 0, or null where there may be none", () => {
  expect([hello(0), hello(0.5), hello(null)]).toEqual([true, true, true]);
  expect([hello(-1), hello("1"), hello(undefined)]).toEqual([false, false, false]);
  expect(parseServerMessage('{"type":"expiring","expiresInMs":null}').ok).toBe(false);
});

test("a message may have 8192 bytes of UTF-8 and no more", () => {
  const message = (text: string) => JSON.stringify({ type: "renew", id: 1, token: text });
  const room = MAX_CONTROL_BYTES - message("").length;
  expect(parseClientMessage(message("x".repeat(room))).ok).toBe(true);
  expect(parseClientMessage(message("x".repeat(room + 1)))).toEqual({ ok: false, error: "longer than 8192 bytes" });
  expect(parseClientMessage(message("é".repeat(room))).ok).toBe(false);
});

test("an error never quotes the message, which may hold a token", () => {
  const result = parseClientMessage('{"type":"renew","id":"marker-token","token":"marker-token"}');
  expect(JSON.stringify(result)).not.toContain("marker-token");
});

test("a reason that is younger than this version reads as internal_error", () => {
  expect(parseServerMessage('{"type":"bye","reason":"solar_flare"}')).toEqual({
    ok: true,
    message: { type: "bye", reason: "internal_error" },
  });
});

test("pause and resume have no fields, and what a newer client adds to them is ignored", () => {
  expect(parseClientMessage('{"type":"pause","atMost":1}')).toEqual({ ok: true, message: { type: "pause" } });
  expect(parseClientMessage('{"type":"resume"}')).toEqual({ ok: true, message: { type: "resume" } });
});
