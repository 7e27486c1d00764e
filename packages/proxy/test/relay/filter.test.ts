import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientMessageType } from "../../src/consoles/rfb/client-message.ts";
import { EndError } from "../../src/end-reason.ts";
import { MemorySession, settle } from "../support/memory-session.ts";
import { MessageFilter } from "../support/message-filter.ts";

const HANDSHAKE = Buffer.from("RFB 003.008\n\x01\x01");
const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
const POINTER = Buffer.from([5, 1, 0, 9, 0, 9]);
const UPDATE_REQUEST = Buffer.from([3, 1, 0, 0, 0, 0, 2, 0, 1, 0]);
/** Its text would be pointer events if it were taken for messages. */
const CUT_TEXT = Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 12]), POINTER, POINTER]);

const withoutPointer = (): MessageFilter =>
  new MessageFilter((message) => (message[0] === ClientMessageType.pointerEvent ? undefined : message));

/** What the machine gets if the client's stream comes in these pieces. */
async function pass(
  filter: MessageFilter,
  pieces: readonly Buffer[],
): Promise<{ got: Buffer; session: MemorySession }> {
  const session = new MemorySession({ filter });
  const got: Buffer[] = [];
  session.machine.on("data", (chunk: Buffer) => got.push(chunk));
  for (const piece of pieces) session.send(piece);
  await settle();
  return { got: Buffer.concat(got), session };
}

function splitAt(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...[...new Set(cuts)].toSorted((a, b) => a - b), stream.length];
  return edges.slice(1).map((end, index) => stream.subarray(edges[index], end));
}

describe("a filter that drops pointer events", () => {
  const stream = Buffer.concat([HANDSHAKE, POINTER, KEY, CUT_TEXT, POINTER, POINTER, UPDATE_REQUEST, POINTER, KEY]);
  const expected = Buffer.concat([HANDSHAKE, KEY, CUT_TEXT, UPDATE_REQUEST, KEY]);

  test("drops nothing else, wherever the stream is cut in two", async () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { got, session } = await pass(withoutPointer(), splitAt(stream, [cut]));
      expect(got, `cut at ${cut}`).toEqual(expected);
      expect(session.relay.bytes.toTarget).toBe(expected.length);
    }
  });

  test("drops nothing else in single bytes, and in pieces of any size", async () => {
    const everywhere = Array.from(stream, (_, at) => at);
    expect((await pass(withoutPointer(), splitAt(stream, everywhere))).got).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(stream.length)), async (cuts) => {
        expect((await pass(withoutPointer(), splitAt(stream, cuts))).got).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test("passes no byte of a message before it is judged", async () => {
    const { got } = await pass(withoutPointer(), [HANDSHAKE, POINTER.subarray(0, 5)]);
    expect(got).toEqual(HANDSHAKE);
  });
});

test("a filter may put another message in a message's place", async () => {
  const asB = Buffer.from([4, 1, 0, 0, 0, 0, 0, 98]);
  const filter = new MessageFilter((message) => (message.equals(KEY) ? asB : message));
  const stream = Buffer.concat([HANDSHAKE, KEY, POINTER, KEY]);
  const { got } = await pass(filter, splitAt(stream, [3, 15, 20, 30]));
  expect(got).toEqual(Buffer.concat([HANDSHAKE, asB, POINTER, asB]));
});

test("what a filter returned stays as it is while the machine does not read", async () => {
  const session = new MemorySession({ filter: withoutPointer() });
  const messages = [HANDSHAKE, KEY, POINTER, UPDATE_REQUEST, POINTER, KEY];
  for (const message of messages) session.send(message);
  await settle();
  const got: Buffer[] = [];
  session.machine.on("data", (chunk: Buffer) => got.push(chunk));
  await settle();
  expect(Buffer.concat(got)).toEqual(Buffer.concat([HANDSHAKE, KEY, UPDATE_REQUEST, KEY]));
});

describe("a filter that fails ends the session, and nothing passes from then on", () => {
  test("because the client's stream cannot be parsed", async () => {
    const { got, session } = await pass(withoutPointer(), [HANDSHAKE, KEY, Buffer.from([77, 1, 2, 3]), KEY, KEY]);
    expect(got).toEqual(Buffer.concat([HANDSHAKE, KEY]));
    expect(session.failures).toEqual([expect.objectContaining({ reason: "protocol_error" })]);
  });

  test("because of a message longer than it keeps", async () => {
    const { got, session } = await pass(withoutPointer(), [HANDSHAKE, Buffer.from([6, 0, 0, 0, 0, 1, 0, 0])]);
    expect(got).toEqual(HANDSHAKE);
    expect(session.failures).toHaveLength(1);
  });

  test("because of a fault of its own, in one piece with what would have passed", async () => {
    const broken = new TypeError("a fault in a filter");
    const filter = new MessageFilter((message) => {
      if (message.equals(POINTER)) throw broken;
      return message;
    });
    const { got, session } = await pass(filter, [HANDSHAKE, Buffer.concat([KEY, POINTER, KEY]), KEY]);
    expect(got).toEqual(HANDSHAKE);
    expect(session.failures).toEqual([broken]);
    expect(session.failures[0]).not.toBeInstanceOf(EndError);
  });
});
