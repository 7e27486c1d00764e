import { encodeSpiceLink, encodeSpiceMessage, SpiceChannelType } from "@curfew/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClientFilter } from "../../src/consoles/client-filter.ts";
import { EndError } from "../../src/end-reason.ts";
import { CONSOLES } from "../../src/consoles/index.ts";
import { linkReply, picturesOnly, SPICE_CLIENTS, type SpiceClient } from "./spice-server.ts";

const NOTHING = Buffer.alloc(0);
const TICKET = Buffer.alloc(128, 101);

function createFilter(): ClientFilter {
  const filter = CONSOLES.spice.createFilter?.({ access: "view" });
  if (filter === undefined) throw new Error("there is no filter");
  return filter;
}

/** What a client says up to its ticket. */
function opening(type: number, { capabilities, selectsAuth }: SpiceClient): Buffer {
  const link = encodeSpiceLink({ connectionId: 7, channelType: type, channelId: 0 }, capabilities);
  return Buffer.concat([link, ...(selectsAuth ? [Buffer.from([1, 0, 0, 0])] : []), TICKET]);
}

function afterOpening(type: number, client: SpiceClient): ClientFilter {
  const filter = createFilter();
  filter.takeFromTarget?.(linkReply(client.server));
  const sent = opening(type, client);
  expect(filter.filter(Buffer.from(sent)).equals(sent)).toBe(true);
  return filter;
}

/** By channel: what passes besides ACK_SYNC, ACK, PONG and DISCONNECTING. */
const PASSING: Readonly<Record<string, readonly number[]>> = {
  main: [101, 104],
  display: [101, 102, 103, 104, 105],
  inputs: [],
  cursor: [],
  playback: [],
};

describe.each(SPICE_CLIENTS)("$name", (client) => {
  test.each(Object.entries(PASSING))("on the channel %s only what is about the picture passes", (name, passing) => {
    const type = SpiceChannelType[name as keyof typeof SpiceChannelType];
    for (let message = 0; message < 130; message += 1) {
      const filter = afterOpening(type, client);
      const sent = encodeSpiceMessage(message, Buffer.alloc(12, 101), client.isMini);
      const passes = [1, 2, 3, 6, ...passing].includes(message);
      const pieces = Array.from(sent, (byte) => Buffer.from(filter.filter(Buffer.of(byte))));
      expect(Buffer.concat(pieces).equals(passes ? sent : NOTHING), `${message}`).toBe(true);
    }
  });

  test("waits for the server's reply, wherever that stops", () => {
    const reply = linkReply(client.server);
    const sent = Buffer.concat([
      opening(SpiceChannelType.inputs, client),
      encodeSpiceMessage(101, Buffer.alloc(4), client.isMini),
      encodeSpiceMessage(3, Buffer.alloc(4), client.isMini),
    ]);
    for (let at = 0; at <= reply.length; at += 1) {
      const filter = createFilter();
      filter.takeFromTarget?.(reply.subarray(0, at));
      const first = Buffer.from(filter.filter(Buffer.from(sent)));
      const rest = filter.takeFromTarget?.(reply.subarray(at)) === true ? filter.filter(NOTHING) : NOTHING;
      const passed = Buffer.concat([first, rest]);
      expect(picturesOnly(passed, client)).toEqual([3]);
    }
  });

  test("whatever it sends, in any pieces, the server gets nothing but messages about the picture", () => {
    const message = fc
      .tuple(fc.nat(130), fc.uint8Array({ maxLength: 20 }))
      .map(([type, body]) => encodeSpiceMessage(type, body, client.isMini));
    const junk = fc.uint8Array({ maxLength: 9 }).map((each) => Buffer.from(each));
    const stream = fc.array(fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: junk }), {
      maxLength: 9,
    });
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4, 5, 9), stream, sizes, (type, sent, pieces) => {
        const filter = createFilter();
        filter.takeFromTarget?.(linkReply(client.server));
        const all = Buffer.concat([opening(type, client), ...sent]);
        const passed: Buffer[] = [];
        try {
          for (let at = 0; at < all.length;) {
            const size = pieces.next().value ?? 1;
            passed.push(Buffer.from(filter.filter(Buffer.from(all.subarray(at, at + size)))));
            at += size;
          }
        } catch (error) {
          if (!(error instanceof EndError) || error.reason !== "protocol_error") throw error;
        }
        picturesOnly(Buffer.concat(passed), client);
      }),
    );
  });
});

const [CLIENT] = SPICE_CLIENTS;

test("a way to authenticate that encrypts is refused", () => {
  const filter = createFilter();
  filter.takeFromTarget?.(linkReply(CLIENT.server));
  const link = encodeSpiceLink({ connectionId: 0, channelType: 1, channelId: 0 }, CLIENT.capabilities);
  const sasl = Buffer.concat([link, Buffer.from([2, 0, 0, 0])]);
  expect(() => filter.filter(sasl)).toThrow(expect.objectContaining({ reason: "forbidden" }) as Error);
});

test("after a refusal nothing more passes", () => {
  const filter = createFilter();
  filter.takeFromTarget?.(linkReply({ ...CLIENT.server, error: 7 }));
  const sent = opening(SpiceChannelType.inputs, CLIENT);
  const link = encodeSpiceLink({ connectionId: 7, channelType: 3, channelId: 0 }, CLIENT.capabilities);
  expect(filter.filter(sent).equals(link)).toBe(true);
});

test("a message that holds others ends the session", () => {
  const full = SPICE_CLIENTS.find(({ isMini }) => !isMini) ?? CLIENT;
  const filter = afterOpening(SpiceChannelType.main, full);
  const message = encodeSpiceMessage(3, Buffer.alloc(30), false);
  message.writeUInt32LE(18, 14);
  expect(() => filter.filter(message)).toThrow("a SPICE message that holds others");
});
