import { describe, expect, test } from "vitest";
import { MAX_PROXY_HEADER, parseProxyHeader } from "./proxy-header.ts";

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** A header of version 2. */
function v2(commandAndFamily: readonly [number, number], body: Buffer, length = body.length): Buffer {
  const head = Buffer.from([...commandAndFamily, length >> 8, length & 0xff]);
  return Buffer.concat([SIGNATURE, head, body]);
}

const IPV4 = Buffer.from([192, 0, 2, 1, 10, 0, 0, 5, 0x9c, 0x40, 0x17, 0xc0]);
const IPV6 = Buffer.concat([
  Buffer.from("20010db8000000000000000000000017", "hex"),
  Buffer.from("20010db8000000000000000000000001", "hex"),
  Buffer.from([0x9c, 0x40, 0x17, 0xc0]),
]);

/** PP2_TYPE_SSL with this client field, behind another field. */
function ssl(client: number): Buffer {
  return Buffer.from([0x04, 0, 3, 0, 0, 0, 0x20, 0, 5, client, 0, 0, 0, 0]);
}

const RIGHT: readonly (readonly [string, Buffer, string | undefined, string | undefined])[] = [
  ["v1 TCP4", Buffer.from("PROXY TCP4 192.0.2.1 10.0.0.5 40000 6080\r\n"), "192.0.2.1", undefined],
  ["v1 TCP6", Buffer.from("PROXY TCP6 2001:DB8::17 2001:db8::1 40000 6080\r\n"), "2001:db8::17", undefined],
  ["v1 TCP6 of IPv4", Buffer.from("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"), "192.0.2.1", undefined],
  ["v1 UNKNOWN", Buffer.from("PROXY UNKNOWN\r\n"), undefined, undefined],
  ["v1 UNKNOWN with more", Buffer.from("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n"), undefined, undefined],
  ["v2 IPv4", v2([0x21, 0x11], IPV4), "192.0.2.1", undefined],
  ["v2 IPv6", v2([0x21, 0x21], IPV6), "2001:db8::17", undefined],
  ["v2 over TLS", v2([0x21, 0x11], Buffer.concat([IPV4, ssl(1)])), "192.0.2.1", "https"],
  ["v2 without TLS", v2([0x21, 0x21], Buffer.concat([IPV6, ssl(0)])), "2001:db8::17", "http"],
  ["v2 with half a field", v2([0x21, 0x11], Buffer.concat([IPV4, Buffer.from([0x20, 0xff])])), "192.0.2.1", undefined],
  ["v2 LOCAL", v2([0x20, 0x00], Buffer.alloc(0)), undefined, undefined],
  ["v2 LOCAL with addresses", v2([0x20, 0x11], IPV4), undefined, undefined],
  ["v2 of a Unix socket", v2([0x21, 0x31], Buffer.alloc(216)), undefined, undefined],
];

describe("a header of the PROXY protocol", () => {
  test.each(RIGHT)("%s", (_name, bytes, source, scheme) => {
    const header = { length: bytes.length, source, scheme };
    expect(parseProxyHeader(bytes)).toEqual(header);
    expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from("GET / HTTP/1.1\r\n")]))).toEqual(header);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseProxyHeader(bytes.subarray(0, length))).toBe("incomplete");
    }
  });

  test.each([
    ["v1 that never ends", Buffer.from(`PROXY UNKNOWN ${"x".repeat(107)}`)],
    ["v1 of another family", Buffer.from("PROXY UDP4 192.0.2.1 10.0.0.5 1 2\r\n")],
    ["v1 without addresses", Buffer.from("PROXY TCP4\r\n")],
    ["v1 with an address of the other family", Buffer.from("PROXY TCP4 ::1 10.0.0.5 1 2\r\n")],
    ["v1 with a name", Buffer.from("PROXY TCP4 localhost 10.0.0.5 1 2\r\n")],
    ["v1 with a zone", Buffer.from("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n")],
    ["v1 with a port too large", Buffer.from("PROXY TCP4 192.0.2.1 10.0.0.5 65536 2\r\n")],
    ["v1 with a port of other digits", Buffer.from("PROXY TCP4 192.0.2.1 10.0.0.5 01 2\r\n")],
    ["v1 with more behind", Buffer.from("PROXY TCP4 192.0.2.1 10.0.0.5 1 2 3\r\n")],
    ["v2 of another version", v2([0x31, 0x11], IPV4)],
    ["v2 with another command", v2([0x22, 0x11], IPV4)],
    ["v2 that is too short for its addresses", v2([0x21, 0x21], IPV4)],
    ["v2 that is too long", v2([0x21, 0x11], Buffer.alloc(0), 4097)],
  ])("%s is malformed", (_name, bytes) => {
    expect(parseProxyHeader(bytes)).toBe("malformed");
  });

  test.each(["GET / HTTP/1.1\r\n", "PROXZ", "\r\n\r\nGET", "\x16\x03\x01", "P ", "proxy TCP4 "])(
    "%j is none",
    (text) => {
      expect(parseProxyHeader(Buffer.from(text, "latin1"))).toBe("none");
    },
  );

  test("has a bound", () => {
    const longest = v2([0x21, 0x11], Buffer.alloc(4096));
    expect(parseProxyHeader(longest)).toMatchObject({ length: MAX_PROXY_HEADER });
  });
});
