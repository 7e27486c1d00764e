import { expect, test } from "vitest";
import { FrameReader } from "./frame-reader.ts";

interface Read {
  readonly bytes: Buffer;
  readonly events: string[];
}

/** Feeds the reader in pieces of the given size. */
function read(stream: Buffer, pieceBytes: number): Read {
  const payloads: Buffer[] = [];
  const events: string[] = [];
  const reader = new FrameReader({
    payload: (bytes) => payloads.push(Buffer.from(bytes)),
    text: (message) => events.push(`text ${message}`),
    ping: (payload) => events.push(`ping ${payload.toString()}`),
    close: (code, reason) => events.push(`close ${code} ${reason}`),
  });
  for (let at = 0; at < stream.length; at += pieceBytes) reader.read(stream.subarray(at, at + pieceBytes));
  return { bytes: Buffer.concat(payloads), events };
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
const payloads = sizes.map((size, index) => Buffer.alloc(size, index + 1));
const stream = Buffer.concat([
  ...payloads.map((payload) => frame(2, payload)),
  frame(1, Buffer.from('{"type":"hello"}')),
  frame(9, Buffer.from("are you there")),
  frame(10, Buffer.alloc(0)),
  frame(2, Buffer.from("last")),
  frame(8, Buffer.from("\x10\x04session_expired", "latin1")),
]);

test.each([1, 2, 3, 7, 1000, 65_536, stream.length])("frames are the same in pieces of %i bytes", (pieceBytes) => {
  const { bytes, events } = read(stream, pieceBytes);
  expect(bytes.equals(Buffer.concat([...payloads, Buffer.from("last")]))).toBe(true);
  expect(events).toEqual(['text {"type":"hello"}', "ping are you there", "close 4100 session_expired"]);
});

test("a close frame without a code is 1005", () => {
  expect(read(frame(8, Buffer.alloc(0)), 1).events).toEqual(["close 1005 "]);
});

test.each([
  ["a mask", [0x82, 0x81, 0, 0, 0, 0, 0]],
  ["a reserved bit", [0xc2, 0x01, 0]],
  ["an unknown opcode", [0x83, 0x01, 0]],
])("%s is refused", (_, bytes) => {
  expect(() => read(Buffer.from(bytes), bytes.length)).toThrow("expected an unmasked frame");
});
