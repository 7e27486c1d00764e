import { expect, test } from "vitest";
import { xForwardedHops } from "./x-forwarded.ts";

const NONE = { for: undefined, proto: undefined, host: undefined };

test.each([
  ["192.0.2.1", ["192.0.2.1"]],
  ["192.0.2.1, 198.51.100.17", ["198.51.100.17", "192.0.2.1"]],
  ["192.0.2.1:8080", ["192.0.2.1"]],
  ["2001:db8::17", ["2001:db8::17"]],
  ["[2001:db8::17]:8080,[2001:DB8::18]", ["2001:db8::18", "2001:db8::17"]],
  ["::ffff:192.0.2.1", ["192.0.2.1"]],
  ["192.0.2.1,, ", ["192.0.2.1"]],
  ["192.0.2.1, unknown", [undefined, "192.0.2.1"]],
  ["_x, 192.0.2.1, 127.1", [undefined, "192.0.2.1", undefined]],
  ["fe80::1%eth0", [undefined]],
  ["console.example", [undefined]],
  [undefined, [undefined]],
])("X-Forwarded-For: %s", (header, expected) => {
  expect([...xForwardedHops({ ...NONE, for: header })].map(({ address }) => address)).toEqual(expected);
});

test("the lists of schemes and hosts belong to that of addresses from their ends", () => {
  const [nearest, farther] = xForwardedHops({
    for: "192.0.2.1, 10.0.0.5",
    proto: "ftp, https, http",
    host: "evil.example, console.example, inner.example:8080",
  });
  expect(nearest).toEqual({ address: "10.0.0.5", scheme: "http", host: "inner.example:8080" });
  expect(farther).toEqual({ address: "192.0.2.1", scheme: "https", host: "console.example" });
});

test("a proxy that replaces them says them for all in front of it", () => {
  const hops = [...xForwardedHops({ for: "192.0.2.1, 10.0.0.5", proto: "wss", host: "console.example" })];
  expect(hops.map(({ scheme, host }) => [scheme, host])).toEqual([
    ["https", "console.example"],
    ["https", "console.example"],
  ]);
});
