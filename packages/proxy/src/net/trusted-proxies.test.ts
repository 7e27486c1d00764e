import { expect, test } from "vitest";
import { TrustedProxies } from "./trusted-proxies.ts";

test.each([
  ["10.0.0.5", "10.0.0.5", true],
  ["10.0.0.5", "10.0.0.6", false],
  ["10.0.0.0/8", "10.200.0.1", true],
  ["10.0.0.0/8", "::ffff:10.200.0.1", true],
  ["fd00:10::/64", "fd00:10::5", true],
  ["fd00:10::/64", "fd00:10:0:1::5", false],
  ["fe80::/10", "fe80::1%eth0", true],
  ["::/0", "10.0.0.5", false],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["0.0.0.0/0", "", false],
  ["0.0.0.0/0", "_hidden", false],
])("%s and %s: %s", (entry, address, isTrusted) => {
  expect(new TrustedProxies(["192.0.2.99", entry]).has(address)).toBe(isTrusted);
});

test("without entries none is trusted", () => {
  expect(new TrustedProxies([]).has("127.0.0.1")).toBe(false);
});

test.each(["", "proxy.example", "10.0.0.0/33", "10.0.0.5:80", "[::1]", "::ffff:10.0.0.5", "10.0.0.0/-1", "*"])(
  "%j is refused by name",
  (entry) => {
    expect(() => new TrustedProxies([entry])).toThrow(
      `such as 10.0.0.5 or fd00:10::/64, but got ${JSON.stringify(entry)}`,
    );
  },
);
