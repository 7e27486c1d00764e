import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

test.each([
  ["127.0.0.1:5901", { host: "127.0.0.1", port: 5901 }],
  ["vm-1.example:1", { host: "vm-1.example", port: 1 }],
  ["[::1]:0", { host: "::1", port: 0 }],
])("%s is taken apart and put together again", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(formatAddress(address)).toBe(text);
});

test.each([
  "",
  "127.0.0.1",
  ":5901",
  "::1:5901",
  "[::1]",
  "[nothing]:1",
  "a:65536",
  "a:-1",
  "a b:1",
  "a:1x",
  "a/b:1",
  `${"a".repeat(254)}:1`,
])("%j is refused, and named", (text) => {
  expect(() => parseAddress(text)).toThrow(`but got ${JSON.stringify(text)}`);
});
