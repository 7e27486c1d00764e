import { expect, test } from "vitest";
import { parseReply } from "./reply.ts";

const envelope = (message: unknown, version = "2.0"): Buffer =>
  Buffer.from(JSON.stringify({ "oslo.version": version, "oslo.message": JSON.stringify(message) }));

const answer = { result: true, failure: null, ending: true, _msg_id: "m1", _unique_id: "u1" };

test("an answer as oslo.messaging sends it has its request and its result", () => {
  expect(parseReply(envelope(answer))).toEqual({ messageId: "m1", result: true, failure: undefined });
  expect(parseReply(envelope({ ...answer, result: false }))).toMatchObject({ result: false });
  expect(parseReply(envelope(answer, "2.1"))).toMatchObject({ result: true });
});

const failure = (value: unknown): Buffer => envelope({ ...answer, result: null, failure: value });

test("a failure has the exception's class and a line of its text, but not the stack", () => {
  const raised = { class: "InstanceNotFound", module: "nova.exception", message: "gone\u001b[2J\n", tb: ["secret"] };
  const reply = parseReply(failure(JSON.stringify(raised)));
  expect(reply?.failure).toMatchObject({
    exception: "InstanceNotFound",
    message: "nova-compute raised InstanceNotFound: gone\\u001b[2J\\u000a",
  });
  const long = JSON.stringify({ ...raised, message: "x".repeat(10_000) });
  expect(parseReply(failure(long))?.failure?.message).toBe(`nova-compute raised InstanceNotFound: ${"x".repeat(200)}`);
});

test.each(["", "{", "null", "[]", '{"class": 1}', '{"class": "a b"}', `{"class": "${"x".repeat(101)}"}`])(
  "a failure that cannot be read is one nevertheless: %s",
  (text) => {
    expect(parseReply(failure(text))?.failure?.message).toBe("nova-compute raised an exception: it cannot be read");
  },
);

test.each([
  ["no JSON", Buffer.from("\xff{", "latin1")],
  ["nothing", Buffer.alloc(0)],
  ["no envelope", Buffer.from(JSON.stringify(answer))],
  ["an envelope of a later kind", envelope(answer, "3.0")],
  ["an envelope without a message", Buffer.from('{"oslo.version": "2.0"}')],
  ["no request", envelope({ ...answer, _msg_id: undefined })],
  ["a request of the wrong kind", envelope({ ...answer, _msg_id: 1 })],
  ["a failure of the wrong kind", envelope({ ...answer, failure: { class: "X" } })],
  ["a sign of life", envelope({ ...answer, result: null, ending: false })],
  ["a result that may not be the last", envelope({ ...answer, ending: false })],
  ["a list", envelope([answer])],
  ["more than 256 KiB", envelope({ ...answer, padding: "x".repeat(256 * 1024) })],
  ["deep nesting", Buffer.from("[".repeat(100_000))],
])("a message that is no answer is none: %s", (_kind, content) => {
  expect(parseReply(content)).toBeUndefined();
});
