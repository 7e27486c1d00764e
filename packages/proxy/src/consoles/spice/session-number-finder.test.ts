import { encodeSpiceMessage } from "@curfew/testing";
import { expect, test } from "vitest";
import { SessionNumberFinder } from "./session-number-finder.ts";

const INIT = Buffer.concat([Buffer.from([0x78, 0x56, 0x34, 0x92]), Buffer.alloc(28)]);
const NUMBER = 0x92345678;

/** A server's reply to a link message and its verdict, with or without short headers. */
function reply(hasMiniHeader: boolean): Buffer {
  const body = Buffer.alloc(182);
  body.writeUInt32LE(1, 166);
  body.writeUInt32LE(178, 174);
  body.writeUInt32LE(hasMiniHeader ? 11 : 3, 178);
  const header = Buffer.from("REDQ\x02\0\0\0\x02\0\0\0\xb6\0\0\0", "latin1");
  return Buffer.concat([header, body, Buffer.alloc(4)]);
}

function find(pieces: readonly Buffer[], offersMiniHeader = true): number[] {
  const found: number[] = [];
  const finder = new SessionNumberFinder(offersMiniHeader, (number) => found.push(number));
  for (const piece of pieces) finder.take(piece);
  return found;
}

test.each([
  ["short headers", true, true],
  ["full headers, because the server has no others", true, false],
  ["full headers, because the client offers no others", false, true],
])("the number is found behind %s, in any pieces", (_, offers, has) => {
  const isMini = offers && has;
  const stream = Buffer.concat([
    reply(has),
    encodeSpiceMessage(4, Buffer.alloc(3000), isMini),
    encodeSpiceMessage(103, INIT, isMini),
    encodeSpiceMessage(103, Buffer.alloc(32), isMini),
  ]);
  expect(find([stream], offers)).toEqual([NUMBER]);
  expect(
    find(
      [...stream].map((byte) => Buffer.of(byte)),
      offers,
    ),
  ).toEqual([NUMBER]);
});

test("the bytes that it was shown may change afterwards", () => {
  const [first, second] = [Buffer.from(reply(true)), Buffer.from(encodeSpiceMessage(103, INIT))];
  const found: number[] = [];
  const finder = new SessionNumberFinder(true, (number) => found.push(number));
  for (const piece of [first, second]) {
    for (const part of [piece.subarray(0, 9), piece.subarray(9)]) {
      finder.take(part);
      part.fill(0xff);
    }
  }
  expect(found).toEqual([NUMBER]);
});

test.each([
  ["another protocol", [Buffer.from("RFB 003.008\n12345678")]],
  ["a reply without a key", [Buffer.from("REDQ\x02\0\0\0\x02\0\0\0\x12\0\0\0", "latin1"), Buffer.alloc(30)]],
  ["an endless message", [reply(true), Buffer.from([4, 0, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(70_000)]],
  ["messages without the number", [reply(true), ...Array.from({ length: 700 }, () => encodeSpiceMessage(4, INIT))]],
])("%s has none, even if it comes later", (_, pieces) => {
  const later = Array.from({ length: 20 }, () => Buffer.alloc(6 * 700));
  expect(find([...pieces, ...later, encodeSpiceMessage(103, INIT)])).toEqual([]);
});
