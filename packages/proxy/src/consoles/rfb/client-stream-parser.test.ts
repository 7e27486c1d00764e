import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RfbClientStreamParser } from "./client-stream-parser.ts";

interface Message {
  readonly name: string;
  readonly bytes: Buffer;
  readonly input: boolean;
}

function message(name: string, input: boolean, ...parts: (readonly number[] | Buffer)[]): Message {
  return { name, bytes: Buffer.concat(parts.map((part) => Buffer.from(part))), input };
}

/** A rest that would be input if it were taken for messages. */
function rest(length: number): Buffer {
  return Buffer.alloc(length, 4);
}

const KEY = message("KeyEvent", true, [4, 1, 0, 0, 0, 0, 0, 97]);
const UPDATE_REQUEST = message("FramebufferUpdateRequest", false, [3, 1], rest(8));
const POINTER_WITH_BIT_7 = Buffer.from([5, 0x81, 0, 1, 0, 1]);
const OTHER_ENCODINGS = message("SetEncodings", false, [2, 0, 0, 3], rest(12));
const EXTENDED_BUTTONS = message(
  "SetEncodings with ExtendedMouseButtons",
  false,
  [2, 0, 0, 2, 0, 0, 0, 5, 255, 255, 254, 196],
);

/** One of each kind, in the lengths of RFC 6143, section 7.5, and of the RFB community specification. */
const messages: readonly Message[] = [
  message("SetPixelFormat", false, [0], rest(19)),
  OTHER_ENCODINGS,
  message("SetEncodings with 300 encodings", false, [2, 0, 1, 44], rest(1200)),
  message("SetEncodings without any", false, [2, 0, 0, 0]),
  UPDATE_REQUEST,
  KEY,
  message("PointerEvent", true, [5, 0, 0, 9, 0, 9]),
  message("ClientCutText", true, [6, 0, 0, 0, 0, 0, 1, 0], rest(256)),
  message("ClientCutText without text", true, [6, 0, 0, 0, 0, 0, 0, 0]),
  message("ClientCutText that notifies", true, [6, 0, 0, 0, 255, 255, 255, 252, 0x08, 0, 0, 1]),
  message("ClientCutText that provides", true, [6, 0, 0, 0, 255, 255, 255, 206, 0x10, 0, 0, 1], rest(46)),
  message("ClientCutText that says what it can", false, [6, 0, 0, 0, 255, 255, 255, 248, 0x01, 0, 0, 1], rest(4)),
  message("ClientCutText that requests", false, [6, 0, 0, 0, 255, 255, 255, 252, 0x02, 0, 0, 1]),
  message("EnableContinuousUpdates", false, [150, 1], rest(8)),
  message("ClientFence", false, [248, 0, 0, 0, 0, 0, 0, 1, 5], rest(5)),
  message("ClientFence without a payload", false, [248, 0, 0, 0, 0, 0, 0, 1, 0]),
  message("xvp", true, [250, 0, 1, 2]),
  message("SetDesktopSize with two screens", false, [251, 0, 4, 0, 3, 0, 2, 0], rest(32)),
  message("SetDesktopSize without screens", false, [251, 0, 4, 0, 3, 0, 0, 0]),
  message("QEMU extended KeyEvent", true, [255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30]),
  message("QEMU audio on", false, [255, 1, 0, 0]),
  message("QEMU audio off", false, [255, 1, 0, 1]),
  message("QEMU audio format", false, [255, 1, 0, 2], rest(6)),
];

const handshakes: Readonly<Record<string, Buffer>> = {
  "3.8 without a password": Buffer.from("RFB 003.008\n\x01\x01"),
  "3.7 without a password": Buffer.from("RFB 003.007\n\x01\x00"),
  "3.8 with VNC authentication": Buffer.concat([Buffer.from("RFB 003.008\n\x02"), rest(16), Buffer.from([1])]),
};
const HANDSHAKE = Buffer.from("RFB 003.008\n\x01\x01");

function afterHandshake(bytes: Buffer = HANDSHAKE): RfbClientStreamParser {
  const stream = new RfbClientStreamParser();
  expect(stream.take(bytes)).toBe(false);
  return stream;
}

/** Whether the stream's messages are told apart right now. */
function expectInStep(stream: RfbClientStreamParser): void {
  expect(stream.take(UPDATE_REQUEST.bytes)).toBe(false);
  expect(stream.take(KEY.bytes)).toBe(true);
  expect(stream.take(UPDATE_REQUEST.bytes)).toBe(false);
}

describe("what counts as input", () => {
  test.each(messages)("$name: $input", ({ bytes, input }) => {
    const stream = afterHandshake();
    expect(stream.take(bytes)).toBe(input);
    expectInStep(stream);
  });

  test("the whole of a long paste", () => {
    const stream = afterHandshake();
    expect(stream.take(Buffer.from([6, 0, 0, 0, 0, 0, 4, 0]))).toBe(true);
    for (let left = 1024; left > 0; left -= 256) expect(stream.take(rest(256))).toBe(true);
    expectInStep(stream);
  });

  test("nothing", () => {
    expect(afterHandshake().take(Buffer.alloc(0))).toBe(false);
  });

  test("a pointer's eighth button, to a client that knows no more than eight", () => {
    const stream = afterHandshake();
    stream.take(OTHER_ENCODINGS.bytes);
    expect(stream.take(POINTER_WITH_BIT_7)).toBe(true);
    expectInStep(stream);
  });

  test("a pointer with extended buttons, which is one byte longer", () => {
    const stream = afterHandshake();
    stream.take(EXTENDED_BUTTONS.bytes);
    expect(stream.take(Buffer.from([...POINTER_WITH_BIT_7, 3]))).toBe(true);
    expectInStep(stream);
    expect(stream.take(Buffer.from([5, 0x01, 0, 1, 0, 1]))).toBe(true);
    expectInStep(stream);
  });
});

describe("the stream comes in any pieces", () => {
  test.each(Object.entries(handshakes))("a handshake of %s is no input, byte by byte", (_name, bytes) => {
    const stream = new RfbClientStreamParser();
    for (const byte of bytes) expect(stream.take(Uint8Array.of(byte))).toBe(false);
    expectInStep(stream);
  });

  test.each(messages)("$name, at every split and byte by byte", ({ bytes, input }) => {
    for (let at = 0; at <= bytes.length; at += 1) {
      const stream = afterHandshake();
      const found = [stream.take(bytes.subarray(0, at)), stream.take(bytes.subarray(at))];
      expect(found.includes(true)).toBe(input);
      expectInStep(stream);
    }
    const stream = afterHandshake();
    const found = Array.from(bytes, (byte) => stream.take(Uint8Array.of(byte)));
    expect(found.includes(true)).toBe(input);
    expectInStep(stream);
  });

  test("a random sequence in random pieces: input is found where it is, and nowhere else", () => {
    const sequence = fc.array(fc.constantFrom(...messages, EXTENDED_BUTTONS), { maxLength: 20 });
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 40 }));
    const handshake = fc.constantFrom(...Object.values(handshakes));
    fc.assert(
      fc.property(handshake, sequence, sizes, (start, sent, pieces) => {
        const stream = new RfbClientStreamParser();
        const all = Buffer.concat([start, ...sent.map(({ bytes }) => bytes)]);
        const isInput = [
          ...Array.from(start, () => false),
          ...sent.flatMap(({ bytes, input }) => Array.from(bytes, () => input)),
        ];
        const found: boolean[] = [];
        for (let at = 0; at < all.length;) {
          const end = Math.min(all.length, at + (pieces.next().value ?? 1));
          found.push(stream.take(all.subarray(at, end)));
          if (found.at(-1) === true && !isInput.slice(at, end).includes(true)) return false;
          at = end;
        }
        expect(found.includes(true)).toBe(sent.some(({ input }) => input));
        expectInStep(stream);
        return true;
      }),
    );
  });
});

describe("what cannot be told apart counts as input, for ever", () => {
  test.each([
    ["RFB 3.3, where the server chooses the security type", Buffer.from("RFB 003.003\n")],
    ["another protocol", Buffer.from("ID:12345")],
    ["VeNCrypt", Buffer.from("RFB 003.008\n\x13")],
    ["a message of an unknown type", Buffer.concat([HANDSHAKE, Buffer.from([252])])],
    ["an unknown QEMU message", Buffer.concat([HANDSHAKE, Buffer.from([255, 9, 0, 0])])],
    [
      "a clipboard that is too short for its flags",
      Buffer.concat([HANDSHAKE, Buffer.from([6, 0, 0, 0, 255, 255, 255, 253])]),
    ],
  ])("%s", (_what, bytes) => {
    const stream = new RfbClientStreamParser();
    expect(stream.take(bytes)).toBe(true);
    expect(stream.take(UPDATE_REQUEST.bytes)).toBe(true);
    expect(stream.take(Uint8Array.of(0))).toBe(true);
    expect(stream.take(Buffer.alloc(0))).toBe(false);
  });
});
