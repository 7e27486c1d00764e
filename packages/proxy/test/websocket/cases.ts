import { closePayload } from "../support/client-frames.ts";
import { OPCODE } from "../support/raw-client.ts";
import type { Frame } from "./frames.ts";

/** A stream with a known verdict. The groups are those of the Autobahn test suite. */
export interface Case {
  readonly name: string;
  readonly frames: readonly Frame[];
  /** Code of the close frame that answers it; 1000 for a valid stream that the sender then closes. */
  readonly code: number;
  /** Peers that deviate from RFC 6455 or from the others, where it leaves a choice. */
  readonly dissenters?: readonly string[];
}

/** What a sender says in one frame. */
export function frame(opcode: number, payload: Buffer | string = "", options: Partial<Frame> = {}): Frame {
  return { opcode, payload: Buffer.from(payload), ...options };
}

const MORE = { final: false } as const;
const text = (payload: Buffer | string, options?: Partial<Frame>): Frame => frame(OPCODE.text, payload, options);
const binary = (payload: Buffer | string, options?: Partial<Frame>): Frame => frame(OPCODE.binary, payload, options);
const more = (payload: Buffer | string, options?: Partial<Frame>): Frame =>
  frame(OPCODE.continuation, payload, options);
const ping = (payload: Buffer | string = "", options?: Partial<Frame>): Frame => frame(OPCODE.ping, payload, options);
const pong = (payload: Buffer | string = "", options?: Partial<Frame>): Frame => frame(OPCODE.pong, payload, options);
const close = (code: number, reason = ""): Frame => frame(OPCODE.close, closePayload(code, reason));

function ok(name: string, frames: readonly Frame[]): Case {
  return { name, frames, code: 1000 };
}

function refused(name: string, frames: readonly Frame[], code = 1002, dissenters: readonly string[] = []): Case {
  return { name, frames, code, dissenters };
}

/** The code is repeated by the one who answers (section 5.5.1). */
function closed(name: string, frames: readonly Frame[], code: number, dissenters: readonly string[] = []): Case {
  return { name, frames, code, dissenters };
}

const SIZES = [0, 1, 125, 126, 127, 128, 65_535, 65_536];

/** 1: whole messages of every length form. */
const FRAMING: readonly Case[] = [
  ...SIZES.map((size) => ok(`1.1 text of ${size} bytes`, [text("*".repeat(size))])),
  ...SIZES.map((size) => ok(`1.2 binary of ${size} bytes`, [binary(Buffer.alloc(size, 0xfe))])),
  ok("1.3 a length in more bytes than it needs", [
    binary("short", { lengthBytes: 8 }),
    binary("x", { lengthBytes: 2 }),
  ]),
];

/** 2: pings and pongs. */
const PINGS: readonly Case[] = [
  ok("2.1 a ping without a payload", [ping()]),
  ok("2.2 a ping with a payload", [ping("hello")]),
  ok("2.3 a ping with bytes that are no text", [ping(Buffer.from([0, 0xff, 0xfe, 0xfd]))]),
  ok("2.4 a ping of 125 bytes", [ping(Buffer.alloc(125, 0xfe))]),
  refused("2.5 a ping of 126 bytes", [ping(Buffer.alloc(126, 0xfe))]),
  ok("2.7 a pong that was not asked for", [pong()]),
  ok("2.8 a pong with a payload that was not asked for", [pong("unsolicited")]),
  ok("2.9 a pong, then a ping", [pong("unsolicited"), ping("asked")]),
  ok(
    "2.10 ten pings in a row",
    Array.from({ length: 10 }, (_, index) => ping(`ping ${index}`)),
  ),
];

/** 3: reserved bits, without an extension that defines them. */
const RESERVED_BITS: readonly Case[] = [0x40, 0x20, 0x10, 0x60, 0x50, 0x30, 0x70].flatMap((reserved) => [
  refused(`3 reserved bits 0x${reserved.toString(16)} in a text frame`, [text("first"), text("x", { reserved })]),
  refused(`3 reserved bits 0x${reserved.toString(16)} in a ping`, [ping("first"), ping("x", { reserved })]),
]);

/** 4: reserved opcodes. */
const RESERVED_OPCODES: readonly Case[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
  refused(`4 opcode ${opcode} without a payload`, [text("first"), frame(opcode)]),
  refused(`4 opcode ${opcode} with a payload`, [frame(opcode, "payload"), ping()]),
]);

/** 5: fragmentation. */
const FRAGMENTS: readonly Case[] = [
  refused("5.1 a fragmented ping", [ping("part", MORE), more("rest")]),
  refused("5.2 a fragmented pong", [pong("part", MORE), more("rest")]),
  ok("5.3 a message in two frames", [text("fragment 1", MORE), more("fragment 2")]),
  ok("5.6 a ping between the frames of a message", [text("fragment 1", MORE), ping("between"), more("fragment 2")]),
  refused("5.9 a continuation without a message", [more("nothing to continue")]),
  refused("5.10 an unfinished continuation without a message", [more("nothing", MORE), text("x")]),
  refused("5.15 a continuation after the end of a message", [text("a", MORE), more("b"), more("c", MORE), text("d")]),
  refused("5.18 a new message inside of another", [text("a", MORE), text("b")]),
  refused("5.18 a message of the other type inside of another", [text("a", MORE), binary("b")]),
  ok("5.19 pings between many frames", [
    text("1", MORE),
    more("2", MORE),
    ping("a"),
    more("3", MORE),
    more("4", MORE),
    ping("b"),
    more("5"),
  ]),
  ok("5.20 empty frames in a message", [
    text("", MORE),
    more("", MORE),
    more("middle", MORE),
    more("", MORE),
    more(""),
  ]),
];

const KOSME = Buffer.from("κόσμε");

/** Byte sequences that are not UTF-8 (Autobahn 6.3 to 6.23, after Markus Kuhn's stress test). */
const NOT_UTF8: Readonly<Record<string, readonly number[]>> = {
  "6.3 a surrogate in the middle": [0xce, 0xba, 0xed, 0xa0, 0x80, 0x65],
  "6.6 a first byte without the rest": [0xce],
  "6.8 five bytes": [0xf8, 0x88, 0x80, 0x80, 0x80],
  "6.8 six bytes": [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  "6.10 more than U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  "6.12 a continuation byte alone": [0x80],
  "6.13 two continuation bytes alone": [0x80, 0xbf],
  "6.14 first bytes of two, each with a space": [0xc0, 0x20, 0xdf, 0x20],
  "6.15 the last continuation byte is missing": [0xe0, 0x80],
  "6.17 the byte 0xFE": [0xfe],
  "6.17 the byte 0xFF": [0xff],
  "6.18 an overlong slash in two bytes": [0xc0, 0xaf],
  "6.18 an overlong slash in three bytes": [0xe0, 0x80, 0xaf],
  "6.18 an overlong slash in four bytes": [0xf0, 0x80, 0x80, 0xaf],
  "6.19 the longest overlong sequence": [0xf0, 0x8f, 0xbf, 0xbf],
  "6.20 an overlong NUL": [0xc0, 0x80],
  "6.21 a single surrogate": [0xed, 0xa0, 0x80],
  "6.22 a pair of surrogates": [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
};

/** 6: UTF-8 in text. */
const UTF8: readonly Case[] = [
  ok("6.1 empty text", [text("")]),
  ok("6.2 text with characters of several bytes", [text("Hello-µ@ßöäüàá-UTF-8!!")]),
  ok("6.2 a character cut by the frames", [text(KOSME.subarray(0, 1), MORE), more(KOSME.subarray(1))]),
  ok(
    "6.2 a frame for each byte",
    [...KOSME].map((byte, index) => {
      const piece = Buffer.from([byte]);
      return index === 0 ? text(piece, MORE) : more(piece, { final: index === KOSME.length - 1 });
    }),
  ),
  ok("6.5 the longest and the shortest of each length", [
    text("\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}"),
  ]),
  ok("6.22 characters that are none", [text("\ufffe\uffff\u{1fffe}\u{10ffff}\ufffd")]),
  ...Object.entries(NOT_UTF8).map(([name, bytes]) => refused(name, [text(Buffer.from(bytes))], 1007)),
  refused("6.4 wrong text in the second frame", [text(KOSME, MORE), more(Buffer.from([0xf4, 0x90, 0x80, 0x80]))], 1007),
  ok("6 the same bytes in a binary message", [binary(Buffer.from([0xf4, 0x90, 0x80, 0x80]))]),
];

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999];
const WRONG_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** 7: the closing handshake. */
const CLOSING: readonly Case[] = [
  ok("7.1 a message, then a close frame", [text("Hello World!")]),
  closed("7.1 two close frames", [close(1000), close(1000)], 1000),
  closed("7.1 a ping after the close frame", [close(1000), ping("late")], 1000),
  closed("7.1 a message after the close frame", [close(1000), text("late")], 1000),
  closed("7.1 a close frame in the middle of a message", [text("part", MORE), close(1000), more("late")], 1000),
  closed("7.3 a close frame without a code", [frame(OPCODE.close)], 1005, ["Node's client", "ws"]),
  refused("7.3 a close frame with half a code", [frame(OPCODE.close, "x")]),
  closed("7.3 a code without a reason", [close(1000)], 1000),
  closed("7.3 a code with a reason", [close(1000, "Hello World!")], 1000),
  closed("7.3 the longest reason", [close(1000, "*".repeat(123))], 1000),
  refused("7.3 a reason that is too long", [frame(OPCODE.close, closePayload(1000, "*".repeat(124)))]),
  refused(
    "7.5 a reason that is not UTF-8",
    [frame(OPCODE.close, Buffer.concat([closePayload(1000), Buffer.from([0xce, 0xba, 0xff])]))],
    1007,
  ),
  ...VALID_CODES.map((code) => closed(`7.7 the code ${code}`, [close(code)], code)),
  closed("7.7 the code 1014", [close(1014)], 1014, ["gorilla"]),
  ...WRONG_CODES.map((code) => refused(`7.9 the code ${code}`, [close(code)])),
];

/** 9: long messages. */
const LIMITS: readonly Case[] = [
  ok("9.1 text of 1 MiB", [text("a".repeat(2 ** 20))]),
  ok("9.2 binary of 4 MiB", [binary(Buffer.alloc(2 ** 22, 7))]),
  ok(
    "9.3 1 MiB in frames of 1 KiB",
    Array.from({ length: 1024 }, (_, index) => {
      const payload = Buffer.alloc(1024, index);
      return index === 0 ? binary(payload, MORE) : more(payload, { final: index === 1023 });
    }),
  ),
  ok(
    "9.7 a thousand messages",
    Array.from({ length: 1000 }, (_, index) => binary(`message ${index}`)),
  ),
];

/** What the suite leaves out, and 12 and 13, which need compression: no extension is agreed on. */
const OTHERS: readonly Case[] = [
  refused("5.1 of RFC 6455: a frame with the wrong masking", [binary("first"), binary("x", { wrongMask: true })]),
  refused("12 a compressed message", [text("first"), text(Buffer.from([0xca, 0x49, 0x01, 0x00]), { reserved: 0x40 })]),
];

/** Every case. */
export const CASES: readonly Case[] = [
  ...FRAMING,
  ...PINGS,
  ...RESERVED_BITS,
  ...RESERVED_OPCODES,
  ...FRAGMENTS,
  ...UTF8,
  ...CLOSING,
  ...LIMITS,
  ...OTHERS,
];
