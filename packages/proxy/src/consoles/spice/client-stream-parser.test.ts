import { encodeSpiceLink, encodeSpiceMessage, SpiceChannelType } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { SpiceClientStreamParser } from "./client-stream-parser.ts";

const SELECTS_AUTH = 1;
const MINI_HEADER = 8;
const AUTH_SPICE = Buffer.from([1, 0, 0, 0]);
const AUTH_SASL = Buffer.from([2, 0, 0, 0]);
const TICKET = Buffer.alloc(128, 0xff);

/** What opens a channel, with common capabilities. */
function opening(type: keyof typeof SpiceChannelType, capabilities: number): Buffer {
  const link = encodeSpiceLink({ connectionId: 7, channelType: SpiceChannelType[type], channelId: 0 }, capabilities);
  return Buffer.concat([link, ...((capabilities & SELECTS_AUTH) === 0 ? [] : [AUTH_SPICE]), TICKET]);
}

/** Whether each of the pieces has input in it. */
function takeAll(pieces: readonly Uint8Array[]): boolean[] {
  const parser = new SpiceClientStreamParser();
  return pieces.map((piece) => parser.take(piece));
}

const MESSAGES = [
  ["key down", 101, true],
  ["key up", 102, true],
  ["lock keys", 103, false],
  ["scan codes", 104, true],
  ["motion", 111, true],
  ["position", 112, true],
  ["button pressed", 113, true],
  ["button released", 114, true],
  ["ACK_SYNC", 1, false],
  ["ACK", 2, false],
  ["PONG", 3, false],
  ["DISCONNECTING", 6, false],
] as const;

describe.each([
  ["short headers", SELECTS_AUTH | MINI_HEADER],
  ["full headers", SELECTS_AUTH],
  ["a ticket without a choice", MINI_HEADER],
])("with %s", (_, capabilities) => {
  const isMini = (capabilities & MINI_HEADER) !== 0;

  test.each(MESSAGES)("on the inputs channel: %s", (_name, type, isInput) => {
    const message = encodeSpiceMessage(type, Buffer.alloc(12, 101), isMini);
    const pieces = [opening("inputs", capabilities), message, message];
    expect(takeAll(pieces)).toEqual([false, isInput, isInput]);
  });

  test.each(MESSAGES)("in single bytes: %s", (_name, type, isInput) => {
    const message = encodeSpiceMessage(type, Buffer.alloc(3, 101), isMini);
    const stream = Buffer.concat([opening("inputs", capabilities), message, message]);
    const bytes = Array.from(stream, (byte) => Buffer.of(byte));
    expect(takeAll(bytes).filter(Boolean)).toHaveLength(isInput ? 2 : 0);
  });

  test("nothing on another channel is input", () => {
    const message = encodeSpiceMessage(101, Buffer.alloc(4), isMini);
    for (const type of ["main", "display", "cursor", "playback"] as const) {
      expect(takeAll([opening(type, capabilities), message])).toEqual([false, false]);
    }
  });
});

test("a message without a body is followed by the next", () => {
  const messages = Buffer.concat([encodeSpiceMessage(6, Buffer.alloc(0)), encodeSpiceMessage(101, Buffer.alloc(4))]);
  expect(takeAll([opening("inputs", SELECTS_AUTH | MINI_HEADER), messages])).toEqual([false, true]);
});

test("what cannot be parsed counts as input", () => {
  const link = encodeSpiceLink({ connectionId: 7, channelType: SpiceChannelType.inputs, channelId: 0 });
  expect(takeAll([Buffer.concat([link, AUTH_SASL]), Buffer.of(0)])).toEqual([false, true]);
  expect(takeAll([Buffer.from("RFB 003.008\n12345"), Buffer.of(0)])).toEqual([true, true]);
});
