import fc from "fast-check";
import { closePayload } from "../support/client-frames.ts";
import { OPCODE } from "../support/raw-client.ts";
import { frame } from "./cases.ts";
import type { Expected, Frame } from "./frames.ts";

const payload = fc
  .oneof({ weight: 8, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.constantFrom(125, 126, 65_535, 65_536) })
  .map((length) => Buffer.alloc(length, length));
const shortPayload = fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes));
const lengthBytes = fc.constantFrom(undefined, undefined, 8 as const);

/** A message's payloads, one for each frame. */
const message = fc.oneof(
  fc.record({ opcode: fc.constant(OPCODE.binary), parts: fc.array(payload, { minLength: 1, maxLength: 4 }) }),
  fc.record({
    opcode: fc.constant(OPCODE.text),
    // Cut anywhere, also inside of a character.
    parts: fc
      .tuple(fc.string({ unit: "grapheme", maxLength: 80 }), fc.array(fc.nat(300), { maxLength: 3 }))
      .map(([text, cuts]) => cutInto(Buffer.from(text), cuts)),
  }),
);

const between = fc.array(fc.record({ opcode: fc.constantFrom(OPCODE.ping, OPCODE.pong), payload: shortPayload }), {
  maxLength: 1,
});

/** How many pings the gateway answers one by one even if all of them arrive in one read. */
const MAX_PINGS = 17;

/** A stream that obeys RFC 6455, without a close frame. */
export const validStream: fc.Arbitrary<readonly Frame[]> = fc
  .array(fc.tuple(message, between, lengthBytes), { maxLength: 8 })
  .map((messages) =>
    messages.flatMap(([{ opcode, parts }, controls, extended]) =>
      parts.flatMap((part, index) => [
        frame(index === 0 ? opcode : OPCODE.continuation, part, {
          final: index === parts.length - 1,
          ...(extended !== undefined && { lengthBytes: extended }),
        }),
        ...controls.map((control) => frame(control.opcode, control.payload)),
      ]),
    ),
  )
  .filter((frames) => expectedOf(frames).pongs <= MAX_PINGS)
  .map(readable);

/** Where a stream is cut into writes. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(2000), { maxLength: 4 });

/** Frames that are wrong wherever a message may begin, with the code of the answer. */
const WRONG: readonly (readonly [readonly Frame[], code: number])[] = [
  [[frame(OPCODE.binary, "x", { reserved: 0x40 })], 1002],
  [[frame(OPCODE.ping, "x", { reserved: 0x10 })], 1002],
  [[frame(OPCODE.binary, "x", { wrongMask: true })], 1002],
  [[frame(OPCODE.continuation, "x")], 1002],
  [[frame(OPCODE.binary, "x", { final: false }), frame(OPCODE.text, "y")], 1002],
  [[frame(OPCODE.ping, "x", { final: false })], 1002],
  [[frame(OPCODE.pong, Buffer.alloc(126))], 1002],
  [[frame(OPCODE.close, "x")], 1002],
  [[frame(OPCODE.close, closePayload(1005))], 1002],
  [[frame(OPCODE.close, Buffer.concat([closePayload(1000), Buffer.from([0xff])]))], 1007],
  [[frame(OPCODE.text, Buffer.from([0xc0, 0xaf]))], 1007],
  [[frame(OPCODE.text, Buffer.from([0xe2, 0x82]), { final: false }), frame(OPCODE.continuation, "x")], 1007],
];

/** A valid stream in which one thing is wrong, and the code of the close frame that it has to get. */
export const invalidStream: fc.Arbitrary<{ readonly frames: readonly Frame[]; readonly code: number }> = fc
  .tuple(
    validStream,
    fc.oneof(
      fc.constantFrom(...WRONG),
      fc.constantFrom(3, 4, 5, 6, 7, 11, 12, 13, 14, 15).map((opcode) => [[frame(opcode, "x")], 1002] as const),
    ),
    validStream,
  )
  .map(([before, [wrong, code], after]) => ({ frames: readable([...before, ...wrong, ...after]), code }));

/** How much of a valid stream a peer sees. */
export function expectedOf(frames: readonly Frame[]): Expected {
  const data = frames.filter(({ opcode }) => opcode <= OPCODE.binary);
  return {
    bytes: data.reduce((sum, { payload: { length } }) => sum + length, 0),
    pongs: frames.filter(({ opcode }) => opcode === OPCODE.ping).length,
  };
}

function cutInto(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const sorted = at.map((each) => Math.min(each, bytes.length)).toSorted((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length));
}

/** Shown in a failure as types and lengths: the payloads hardly ever matter. */
function readable(frames: readonly Frame[]): readonly Frame[] {
  const shown = (): string =>
    frames.map(({ opcode, payload, ...options }) => `${opcode}[${payload.length}]${JSON.stringify(options)}`).join(" ");
  return Object.assign([...frames], { [fc.toStringMethod]: shown });
}
