import { describe, expect, test } from "vitest";
import { AllowList } from "./allow-list.ts";

describe("what an entry allows", () => {
  test.each([
    ["10.0.0.0/8", "10.200.3.4", 5900, true],
    ["10.0.0.0/8", "11.0.0.1", 5900, false],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5900, true],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5999, true],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 6000, false],
    ["10.0.0.0/8:5900-5999", "10.0.0.1", 5899, false],
    ["192.0.2.7:5901", "192.0.2.7", 5901, true],
    ["192.0.2.7:5901", "192.0.2.7", 5902, false],
    ["192.0.2.7", "192.0.2.7", 1, true],
    ["192.0.2.7", "192.0.2.8", 1, false],
    ["0.0.0.0/0", "203.0.113.9", 1, true],
    ["0.0.0.0/0", "2001:db8::1", 1, false],
    ["::1", "::1", 5900, true],
    ["::1", "::2", 5900, false],
    ["fd00::/8", "fd12:3456::1", 1, true],
    ["[fd00::/8]:5900-5999", "fd00::1", 5950, true],
    ["[fd00::/8]:5900-5999", "fd00::1", 80, false],
    ["127.0.0.0/8", "::ffff:127.0.0.1", 1, true],
    ["10.0.0.0/8", "::ffff:127.0.0.1", 1, false],
  ])("%s and %s port %d: %s", (entry, address, port, allowed) => {
    expect(new AllowList([entry]).allows(address, port)).toBe(allowed);
  });

  test("one matching entry of several is enough, and none allows nothing", () => {
    expect(new AllowList(["10.0.0.0/8", "192.0.2.0/24:22"]).allows("192.0.2.1", 22)).toBe(true);
    expect(new AllowList([]).allows("127.0.0.1", 22)).toBe(false);
  });
});

test.each([
  "",
  "example.org",
  "10.0.0.0/33",
  "10.0.0/8",
  "10.0.0.0/8:",
  "10.0.0.1:5999-5900",
  "10.0.0.1:70000",
  "[::1",
  "::1/129",
  "10.0.0.1/x",
  "*",
])("%j is refused, and named", (entry) => {
  expect(() => new AllowList([entry])).toThrow(`but got ${JSON.stringify(entry)}`);
});
