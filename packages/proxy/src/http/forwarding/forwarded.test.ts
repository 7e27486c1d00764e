import { describe, expect, test } from "vitest";
import { forwardedHops } from "./forwarded.ts";
import { stopwatch } from "../../../test/support/waited.ts";

function addresses(header: string): (string | undefined)[] {
  return [...forwardedHops(header)].map(({ address }) => address);
}

describe("the elements of Forwarded, the nearest proxy's first", () => {
  test.each([
    ["for=192.0.2.1", ["192.0.2.1"]],
    ["For=192.0.2.1;Proto=https;by=203.0.113.43", ["192.0.2.1"]],
    ["for=192.0.2.43, for=198.51.100.17", ["198.51.100.17", "192.0.2.43"]],
    ['for="192.0.2.1:47011"', ["192.0.2.1"]],
    ["for=192.0.2.1:47011", ["192.0.2.1"]],
    ['for="[2001:db8:cafe::17]:4711"', ["2001:db8:cafe::17"]],
    ['for="[2001:DB8:0::17]"', ["2001:db8::17"]],
    ["for=[2001:db8::17]", ["2001:db8::17"]],
    ['for="[::ffff:192.0.2.1]"', ["192.0.2.1"]],
    ['for="\\192.0.2.1"', ["192.0.2.1"]],
    ['for="192.0.2.1:_port"', ["192.0.2.1"]],
    [" , for=192.0.2.1 ,, ", ["192.0.2.1"]],
    [";for=192.0.2.1;", ["192.0.2.1"]],
    ["", []],
  ])("%s", (header, expected) => {
    expect(addresses(header)).toEqual(expected);
  });

  test.each([
    "for=unknown",
    "for=_hidden",
    'for="_SEVKISEK:8080"',
    "proto=https",
    "for=192.0.2.1;for=192.0.2.2",
    "for=192.0.2.1;proto",
    'for="192.0.2.1',
    'for="[192.0.2.1]"',
    'for="[fe80::1%eth0]"',
    "for=192.0.2.256",
    "for=192.0.2.1:123456",
    "for=3221225985",
    "for=0x7f.1",
    `for="${"1".repeat(10_000)}"`,
  ])("%s names no address", (header) => {
    expect(addresses(header)).toEqual([undefined]);
  });

  test("quotes that a client left open do not change what a proxy appends", () => {
    for (const start of ['for="192.0.2.1', '"', 'for="\\', 'for="a\\"', 'x="', '",', 'for="192.0.2.1;by=']) {
      expect(addresses(`${start}, for=198.51.100.17`)[0]).toBe("198.51.100.17");
      expect(addresses(`${start}, for="[2001:db8::17]:80";host="a.example"`)[0]).toBe("2001:db8::17");
    }
  });

  test("have a scheme and a host", () => {
    const [hop] = forwardedHops('for=192.0.2.1;proto=HTTPS;host="console.example:8443"');
    expect(hop).toEqual({ address: "192.0.2.1", scheme: "https", host: "console.example:8443" });
    const [wrong] = forwardedHops('for=192.0.2.1;proto=ftp;host="a.example/evil, b"');
    expect(wrong).toEqual({ address: "192.0.2.1", scheme: undefined, host: undefined });
  });

  test("are read in a time that grows with their length", () => {
    for (const part of [" ", '"', "\\", ",", "for=1;", 'for="', " ;", '\\"']) {
      const elapsed = stopwatch();
      addresses(`for=1.2.3.4;${part.repeat(16_384 / part.length)}x`);
      addresses(`${part.repeat(16_384 / part.length)},for=1.2.3.4`);
      expect(elapsed()).toBeLessThan(500);
    }
  });
});
