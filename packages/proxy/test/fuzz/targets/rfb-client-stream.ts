import { strictEqual } from "node:assert";
import { RfbClientStreamParser } from "../../../src/consoles/rfb/client-stream-parser.ts";
import { pieces, pureTarget } from "../target.ts";

const HANDSHAKE = Buffer.from("RFB 003.008\n\x01\x01");

/** Messages of a viewer, each behind a handshake. */
const MESSAGES = [
  [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
  [2, 0, 0, 2, 0, 0, 0, 16, 0xff, 0xff, 0xfe, 0xc4],
  [3, 1, 0, 0, 0, 0, 2, 0, 1, 0],
  [4, 1, 0, 0, 0, 0, 0, 97],
  [5, 1, 0, 9, 0, 9],
  [6, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4],
  [248, 0, 0, 0, 0, 0, 0, 1, 2, 7, 7],
  [255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30],
];

/** A viewer's stream: it does not matter where it is cut, and nothing in it makes the parser fail. */
export const rfbClientStream = pureTarget(
  "rfb-client-stream",
  [
    ...MESSAGES.map((message) => Buffer.concat([HANDSHAKE, Buffer.from(message)])),
    Buffer.from("RFB 003.003\n\x01"),
    Buffer.from("RFB 003.008\n\x02\x01"),
  ],
  (input, cuts) => {
    const whole = new RfbClientStreamParser().take(input);
    const parser = new RfbClientStreamParser();
    const found = pieces(input, cuts).map((piece) => parser.take(piece));
    strictEqual(found.includes(true), whole);
    // A stream that cannot be parsed counts as input for good, in any piece.
    return `${whole} ${parser.take(Buffer.from([0]))} ${input[HANDSHAKE.length] ?? "none"}`;
  },
);
