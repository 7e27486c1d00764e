import { expect, test } from "vitest";
import { MAX_HEADER_BYTES, writeHeader } from "./frame-header.ts";

/** Header bytes in hex, as RFC 6455, section 5.2 and its examples in 5.7 have them. */
test.each([
  [0, "8200"],
  [1, "8201"],
  [125, "827d"],
  [126, "827e007e"],
  [256, "827e0100"],
  [65_535, "827effff"],
  [65_536, "827f0000000000010000"],
  [262_144, "827f0000000000040000"],
])("a payload of %i bytes has the header %s right in front of it", (length, header) => {
  const buffer = Buffer.alloc(MAX_HEADER_BYTES, 0xee);
  const start = writeHeader(buffer, length);
  expect(buffer.subarray(start).toString("hex")).toBe(header);
  expect(buffer.subarray(0, start).every((byte) => byte === 0xee)).toBe(true);
});
