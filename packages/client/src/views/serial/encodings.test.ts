import { describe, expect, test } from "vitest";
import { charactersWithout, decode, encode } from "./encodings.ts";

const ALL = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe("encodings of a serial line", () => {
  test.each(["latin1", "cp437"] as const)(
    "%s gives every byte a character, and that character the byte",
    (encoding) => {
      const text = decode(ALL, encoding);
      expect(new Set(text as string).size).toBe(256);
      expect(encode(text as string, encoding)).toEqual(ALL);
      expect(charactersWithout(encoding, text as string)).toBe("");
    },
  );

  test("have the characters of their standards", () => {
    expect(decode(Uint8Array.of(0xc9, 0xcd, 0xbb, 0xe1, 0x9b), "cp437")).toBe("╔═╗ß¢");
    expect(decode(Uint8Array.of(0xe4, 0x80), "latin1")).toBe("ä\u0080");
    expect(decode(ALL, "utf-8")).toBe(ALL);
    expect(encode("é€", "utf-8")).toEqual(Uint8Array.of(0xc3, 0xa9, 0xe2, 0x82, 0xac));
  });

  test("name what they lack, each once, and send a question mark for it", () => {
    expect(charactersWithout("latin1", "a€b€👩")).toBe("€👩");
    expect(charactersWithout("utf-8", "👩")).toBe("");
    expect(encode("a👩", "latin1")).toEqual(Uint8Array.of(0x61, 0x3f));
  });
});
