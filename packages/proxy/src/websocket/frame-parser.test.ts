import fc from "fast-check";
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { FrameError } from "./frame-error.ts";
import { FrameParser } from "./frame-parser.ts";
import { clientFrame, closePayload, type FrameOptions, readAll, Recorder } from "../../test/support/client-frames.ts";

/** ws exports it, its types do not. */
const { Receiver } = createRequire(import.meta.url)("ws") as { Receiver: new (options: object) => Writable };

const BINARY = 2;
const TEXT = 1;
const CONTINUATION = 0;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** What comes of bytes that arrive in pieces of `size`. */
function parse(bytes: Buffer, { size = Infinity, control = false } = {}): string[] {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, { isControl: control, maxBytes: 64 });
  try {
    for (let at = 0; at < bytes.length; at += size) readAll(parser, bytes.subarray(at, at + size));
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    recorder.events.push(`error ${error.code}`);
  }
  return recorder.joined();
}

const frames = (
  ...list: readonly (readonly [opcode: number, payload: Buffer | string, options?: FrameOptions])[]
): Buffer => Buffer.concat(list.map(([opcode, payload, options]) => clientFrame(opcode, payload, options)));

const part: FrameOptions = { final: false };
const euro = Buffer.from("€uro κόσμε 🙂");

describe.each([Infinity, 1, 2, 3, 7, 64])("in pieces of %d bytes", (size) => {
  describe("console bytes", () => {
    test.each([0, 1, 125, 126, 127, 128, 65_535, 65_536, 100_001])("of a message of %i bytes arrive", (length) => {
      const payload = Buffer.alloc(length, 0xab);
      expect(parse(clientFrame(BINARY, payload), { size })).toEqual(
        length === 0 ? [] : [`bytes ${payload.toString("hex")}`],
      );
    });

    test.each<[string, Buffer, string[]]>([
      ["of several frames come in order", frames([BINARY, "ab"], [BINARY, ""], [BINARY, "cde"]), ["bytes 6162636465"]],
      [
        "of a fragmented message come in order",
        frames([BINARY, "ab", part], [CONTINUATION, "", part], [CONTINUATION, "c"]),
        ["bytes 616263"],
      ],
      [
        "come before and behind a ping inside of a message",
        frames([BINARY, "a", part], [PING, "x"], [CONTINUATION, "b"]),
        ["bytes 61", "ping 78", "bytes 62"],
      ],
      [
        "in text frames of stock clients are bytes, too",
        frames([TEXT, "é", part], [CONTINUATION, "b"], [BINARY, "c"]),
        ["bytes c3a96263"],
      ],
      [
        "may use a longer length than needed",
        frames([BINARY, "a", { lengthBytes: 2 }], [BINARY, "b", { lengthBytes: 8 }]),
        ["bytes 6162"],
      ],
    ])("%s", (_what, bytes, events) => {
      expect(parse(bytes, { size })).toEqual(events);
    });
  });

  describe("control frames", () => {
    test.each<[string, Buffer, string[]]>([
      ["a ping without payload", frames([PING, ""]), ["ping "]],
      ["a ping of 125 bytes", frames([PING, Buffer.alloc(125, 1)]), [`ping ${"01".repeat(125)}`]],
      ["an unsolicited pong", frames([PONG, "x"]), ["pong"]],
      [
        "ten pings in a row",
        frames(...Array.from({ length: 10 }, () => [PING, "p"] as const)),
        Array.from({ length: 10 }, () => "ping 70"),
      ],
      ["a close without a code, and what follows is not looked at", frames([CLOSE, ""], [BINARY, "x"]), ["close none"]],
      ["a close with a code and a reason", frames([CLOSE, closePayload(4000, "bye")]), ["close 4000"]],
      [
        "a close in the middle of a message",
        frames([BINARY, "a", part], [CLOSE, closePayload(1000)]),
        ["bytes 61", "close 1000"],
      ],
      ["a close with a reason of 123 bytes", frames([CLOSE, closePayload(1000, "r".repeat(123))]), ["close 1000"]],
    ])("%s", (_what, bytes, events) => {
      expect(parse(bytes, { size })).toEqual(events);
    });

    test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
      "the close code %i may be sent",
      (code) => expect(parse(clientFrame(CLOSE, closePayload(code)), { size })).toEqual([`close ${code}`]),
    );

    test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
      "the close code %i may not",
      (code) => expect(parse(clientFrame(CLOSE, closePayload(code)), { size })).toEqual(["error 1002"]),
    );
  });

  describe("a breach of the protocol ends with the code", () => {
    test.each<[string, Buffer, number]>([
      ["an unmasked frame", frames([BINARY, "a", { masked: false }]), 1002],
      ["reserved bit 1", frames([BINARY, "a", { reserved: 0x40 }]), 1002],
      ["reserved bit 2", frames([BINARY, "a", { reserved: 0x20 }]), 1002],
      ["reserved bit 3 of a ping", frames([PING, "a", { reserved: 0x10 }]), 1002],
      ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer, number] => [
        `opcode ${opcode}`,
        frames([opcode, "a"]),
        1002,
      ]),
      ["a fragmented ping", frames([PING, "a", part]), 1002],
      ["a fragmented close", frames([CLOSE, "", part]), 1002],
      ["a ping of 126 bytes", frames([PING, Buffer.alloc(126)]), 1002],
      ["a close frame of 126 bytes", frames([CLOSE, closePayload(1000, "r".repeat(124))]), 1002],
      ["half a close code", frames([CLOSE, "a"]), 1002],
      ["a continuation of nothing", frames([CONTINUATION, "a"]), 1002],
      [
        "a second continuation behind the last one",
        frames([BINARY, "", part], [CONTINUATION, ""], [CONTINUATION, ""]),
        1002,
      ],
      ["a message inside of another", frames([BINARY, "", part], [TEXT, ""]), 1002],
      ["a length of 2^53", Buffer.from([0x82, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
      ["a length with the highest bit", Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), 1009],
      [
        "a reason that is not UTF-8",
        frames([CLOSE, Buffer.concat([closePayload(1000), Buffer.from([0xce, 0xba, 0xed, 0xa0, 0x80])])]),
        1007,
      ],
    ])("%s", (_what, bytes, code) => {
      expect(parse(bytes, { size })).toEqual([`error ${code}`]);
    });

    test("but what came before it arrives", () => {
      expect(parse(frames([BINARY, "before"], [3, ""]), { size })).toEqual(["bytes 6265666f7265", "error 1002"]);
    });
  });

  describe("text that is not UTF-8 ends with 1007", () => {
    test.each([
      ["a lone continuation byte", "80"],
      ["an overlong slash", "c0af"],
      ["a surrogate", "eda080"],
      ["above U+10FFFF", "f4908080"],
      ["cut off in the middle", "cebae1bd"],
      ["a byte that never occurs", "fe"],
    ])("%s", (_what, hex) => {
      const bad = Buffer.from(hex, "hex");
      for (const control of [true, false]) {
        expect(parse(frames([TEXT, bad]), { size, control }).at(-1)).toBe("error 1007");
        expect(parse(frames([TEXT, bad, part], [CONTINUATION, ""]), { size, control }).at(-1)).toBe("error 1007");
      }
    });

    test("at the first wrong byte, without waiting for the end of the message", () => {
      expect(parse(frames([TEXT, Buffer.from("61fe", "hex"), part]), { size, control: true })).toEqual(["error 1007"]);
    });

    test("but characters may be split between frames", () => {
      for (let cut = 0; cut <= euro.length; cut += 1) {
        const bytes = frames([TEXT, euro.subarray(0, cut), part], [CONTINUATION, euro.subarray(cut)]);
        expect(parse(bytes, { size, control: true })).toEqual([`text ${euro.toString()}`]);
        expect(parse(bytes, { size })).toEqual([`bytes ${euro.toString("hex")}`]);
      }
    });
  });

  describe("control messages", () => {
    test.each<[string, Buffer, string[]]>([
      [
        "come whole, in order with the bytes",
        frames([BINARY, "a"], [TEXT, "{}"], [BINARY, "b"]),
        ["bytes 61", "text {}", "bytes 62"],
      ],
      [
        "may be fragmented, with a ping in between",
        frames([TEXT, "{", part], [PING, ""], [CONTINUATION, "}"]),
        ["ping ", "text {}"],
      ],
      ["may be empty", frames([TEXT, ""]), ["text "]],
      ["may have as many bytes as are allowed", frames([TEXT, "t".repeat(64)]), [`text ${"t".repeat(64)}`]],
      [
        "that are too long are told once, and what follows is parsed",
        frames([TEXT, "t".repeat(200), part], [CONTINUATION, "t"], [TEXT, "x"]),
        ["too long", "text x"],
      ],
    ])("%s", (_what, bytes, events) => {
      expect(parse(bytes, { size, control: true })).toEqual(events);
    });
  });
});

test("a long frame is handed on as it arrives, not at its end", () => {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, { isControl: false, maxBytes: 0 });
  const frame = clientFrame(BINARY, Buffer.alloc(1_000_000, 7));
  readAll(parser, frame.subarray(0, 1000));
  expect(recorder.events).toHaveLength(1);
});

test("several frames in one read are one run of bytes", () => {
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, { isControl: false, maxBytes: 0 });
  readAll(parser, frames([BINARY, "a"], [BINARY, "b"], [BINARY, "c"]));
  expect(recorder.events).toEqual(["bytes 616263"]);
});

test("empty pieces of a control message occupy no memory", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const recorder = new Recorder();
  const parser = new FrameParser(recorder, { isControl: true, maxBytes: 64 });
  readAll(parser, clientFrame(TEXT, "{", part));
  const piece = clientFrame(CONTINUATION, "", part);
  const pieces = Buffer.alloc(piece.length * 10_000, piece);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 50; round += 1) readAll(parser, pieces);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 2 ** 20);
  readAll(parser, clientFrame(CONTINUATION, "}"));
  expect(recorder.events).toEqual(["text {}"]);
});

test.each([1, 3, 1000])(
  "once only the close frame matters, nothing else is looked at, in pieces of %d bytes",
  (size) => {
    const recorder = new Recorder();
    const parser = new FrameParser(recorder, { isControl: true, maxBytes: 64 });
    readAll(parser, Buffer.concat([clientFrame(TEXT, "{", part), clientFrame(PING, "ping").subarray(0, 8)]));
    parser.skipToClose();
    const rest = Buffer.concat([
      clientFrame(PING, "ping").subarray(8),
      clientFrame(CONTINUATION, Buffer.alloc(100, 0xff), part),
      clientFrame(PONG, ""),
      clientFrame(CONTINUATION, "}"),
      clientFrame(BINARY, "typed"),
      clientFrame(CLOSE, closePayload(1000)),
    ]);
    for (let at = 0; at < rest.length; at += size) readAll(parser, rest.subarray(at, at + size));
    expect(recorder.events).toEqual(["close 1000"]);
  },
);

const anyFrame = fc.record({
  opcode: fc.constantFrom(BINARY, BINARY, TEXT, CONTINUATION, PING, PONG, CLOSE, 3),
  // ws looks at wrong text only when its message is over; here that is told at once, and tested above.
  payload: fc.uint8Array({ maxLength: 200, max: 0x7f }),
  final: fc.boolean(),
  reserved: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0x40),
});

/** What ws makes of the same bytes, told in the same words; it puts messages together, so runs are compared joined. */
async function parseWithWs(bytes: Buffer): Promise<string[]> {
  const recorder = new Recorder();
  const receiver = new Receiver({
    isServer: true,
    skipUTF8Validation: false,
    maxPayload: 0,
    allowSynchronousEvents: true,
  });
  receiver.on("message", (data: Buffer) => void (data.length > 0 && recorder.bytes(data)));
  receiver.on("ping", (data: Buffer) => recorder.ping(data));
  receiver.on("pong", () => recorder.pong());
  receiver.on("conclude", (code: number) => recorder.close(code === 1005 ? undefined : code));
  receiver.on("error", (error: Error & { code: string }) => {
    recorder.events.push(`error ${/UTF/.test(error.message) ? 1007 : 1002}`);
  });
  // It unmasks in place.
  receiver.write(Buffer.from(bytes));
  await new Promise((resolve) => setImmediate(resolve));
  return recorder.joined();
}

test("whole messages mean the same to ws's own receiver, valid or not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), async (list, size) => {
      const bytes = Buffer.concat(
        list.map(({ opcode, payload, final, reserved }) =>
          clientFrame(opcode, Buffer.from(payload), { final, reserved }),
        ),
      );
      const theirs = await parseWithWs(bytes);
      const ours = parse(bytes, { size });
      // Bytes of a message that never ends are handed on here, and kept there.
      const withoutBytes = (events: string[]): string[] => events.filter((event) => !event.startsWith("bytes"));
      expect(withoutBytes(ours)).toEqual(withoutBytes(theirs));
      const console = (events: string[]): string =>
        events
          .filter((event) => event.startsWith("bytes"))
          .map((event) => event.slice(6))
          .join("");
      expect(console(ours).startsWith(console(theirs))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
