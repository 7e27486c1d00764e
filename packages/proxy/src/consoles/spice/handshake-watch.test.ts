import { encodeSpiceMessage, SpiceChannelType } from "@curfew/testing";
import { expect, test } from "vitest";
import { HandshakeWatch } from "./handshake-watch.ts";

const INIT = Buffer.concat([Buffer.from([0x78, 0x56, 0x34, 0x92]), Buffer.alloc(28)]);
const NUMBER = 0x92345678;
const OVER = "over";

/** What is watched. */
interface Watched {
  readonly hasMiniHeader?: boolean;
  readonly channelType?: number;
}

/** A server's reply to a link message and its verdict, with or without short headers. */
function reply(hasMiniHeader: boolean): Buffer {
  const body = Buffer.alloc(182);
  body.writeUInt32LE(1, 166);
  body.writeUInt32LE(178, 174);
  body.writeUInt32LE(hasMiniHeader ? 11 : 3, 178);
  const header = Buffer.from("REDQ\x02\0\0\0\x02\0\0\0\xb6\0\0\0", "latin1");
  return Buffer.concat([header, body, Buffer.alloc(4)]);
}

/** A watch, and what it has found so far. */
function startWatch({ hasMiniHeader = true, channelType = SpiceChannelType.main }: Watched = {}) {
  const found: (number | string)[] = [];
  const watch = new HandshakeWatch(
    { hasMiniHeader, channelType },
    { onNumber: (number) => found.push(number), onOver: () => found.push(OVER) },
  );
  return { watch, found };
}

function find(pieces: readonly Buffer[], watched?: Watched): (number | string)[] {
  const { watch, found } = startWatch(watched);
  for (const piece of pieces) watch.take(piece);
  return found;
}

function inBytes(stream: Buffer): Buffer[] {
  return Array.from(stream, (byte) => Buffer.of(byte));
}

test.each([
  ["short headers", true, true],
  ["full headers, because the server has no others", true, false],
  ["full headers, because the client offers no others", false, true],
])("on the main channel, the number is found behind %s, in any pieces", (_, hasMiniHeader, has) => {
  const isMini = hasMiniHeader && has;
  const stream = Buffer.concat([
    reply(has),
    encodeSpiceMessage(4, Buffer.alloc(3000), isMini),
    encodeSpiceMessage(103, INIT, isMini),
    encodeSpiceMessage(103, Buffer.alloc(32), isMini),
  ]);
  expect(find([stream], { hasMiniHeader })).toEqual([NUMBER, OVER]);
  expect(find(inBytes(stream), { hasMiniHeader })).toEqual([NUMBER, OVER]);
});

test("on another channel the handshake is over with the verdict on the ticket", () => {
  const channelType = SpiceChannelType.display;
  const whole = reply(true);
  expect(find(inBytes(whole.subarray(0, -1)), { channelType })).toEqual([]);
  expect(find(inBytes(whole), { channelType })).toEqual([OVER]);
  expect(find([whole, encodeSpiceMessage(103, INIT)], { channelType })).toEqual([OVER]);
});

test("on the main channel it is over only with the number, or with the channel", () => {
  const { watch, found } = startWatch();
  watch.take(reply(true));
  expect(found).toEqual([]);
  watch.end();
  watch.end();
  watch.take(encodeSpiceMessage(103, INIT));
  expect(found).toEqual([OVER]);
});

test("the bytes that it was shown may change afterwards", () => {
  const [first, second] = [Buffer.from(reply(true)), Buffer.from(encodeSpiceMessage(103, INIT))];
  const { watch, found } = startWatch();
  for (const piece of [first, second]) {
    for (const part of [piece.subarray(0, 9), piece.subarray(9)]) {
      watch.take(part);
      part.fill(0xff);
    }
  }
  expect(found).toEqual([NUMBER, OVER]);
});

test.each([
  ["another protocol", [Buffer.from("RFB 003.008\n12345678")]],
  ["a reply without a key", [Buffer.from("REDQ\x02\0\0\0\x02\0\0\0\x12\0\0\0", "latin1"), Buffer.alloc(30)]],
  ["an endless message", [reply(true), Buffer.from([4, 0, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(70_000)]],
  ["messages without the number", [reply(true), ...Array.from({ length: 700 }, () => encodeSpiceMessage(4, INIT))]],
])("%s has no number, even if it comes later, and is not waited for", (_, pieces) => {
  const later = Array.from({ length: 20 }, () => Buffer.alloc(6 * 700));
  expect(find([...pieces, ...later, encodeSpiceMessage(103, INIT)])).toEqual([OVER]);
});
