import { expect, test } from "vitest";
import { ReplyBound } from "./reply-bound.ts";

const LIMITS = { maxBytes: 100, maxValues: 10 };

/** Whole, in pieces of some bytes, and byte by byte. */
const PIECES = [1000, 7, 1];

function take(reply: string, size: number, bound: ReplyBound = new ReplyBound(LIMITS)): void {
  const bytes = Buffer.from(reply);
  for (let at = 0; at < bytes.length; at += size) bound.take(bytes.subarray(at, at + size));
}

test.each([
  "+OK\r\n",
  "-ERR a fault\r\n",
  ":-12\r\n",
  ",1.5e9\r\n",
  "(12345678901234567890\r\n",
  "_\r\n",
  "#t\r\n",
  "$5\r\na\r\nbc\r\n",
  "$0\r\n\r\n",
  "$-1\r\n",
  "!5\r\nfault\r\n",
  "=8\r\ntxt:text\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*3\r\n:1\r\n*1\r\n$1\r\na\r\n_\r\n",
  "%2\r\n+a\r\n~1\r\n:1\r\n+b\r\n%0\r\n",
  ">2\r\n+message\r\n$1\r\na\r\n",
  `$${LIMITS.maxBytes - 7}\r\n${"a".repeat(LIMITS.maxBytes - 7)}\r\n`,
])("%j is taken any number of times, in whatever pieces", (reply) => {
  for (const size of PIECES) {
    const bound = new ReplyBound(LIMITS);
    for (let count = 0; count < 50; count += 1) take(reply, size, bound);
    // Each of them was counted for itself.
    expect(() => take(`+${"a".repeat(LIMITS.maxBytes - 3)}\r\n`, size, bound)).not.toThrow();
  }
});

test.each([
  ["a text that does not end", `+${"a".repeat(200)}`, "more than 100 bytes"],
  ["an error that does not end", `-${"a".repeat(200)}`, "more than 100 bytes"],
  ["a text that is announced", "$101\r\n", "more than 100 bytes"],
  ["a text of nearly as many petabytes as there are", "$999999999999999\r\n", "more than 100 bytes"],
  ["texts that are too long together", `*2\r\n$45\r\n${"a".repeat(45)}\r\n$45\r\n`, "more than 100 bytes"],
  ["values that are announced", "*11\r\n", "more than 10 values"],
  ["pairs that are announced", "%6\r\n", "more than 10 values"],
  ["values within others", "*5\r\n*5\r\n*1\r\n", "more than 10 values"],
  ["values that are very deep", "*1\r\n".repeat(17), "more than"],
  ["a number that does not end", `:${"1".repeat(65)}`, "malformed"],
  ["a length that does not end", `$${"0".repeat(65)}`, "malformed"],
  ["a length that is no number", "$1x\r\n", "malformed"],
  ["a negative length", "*-2\r\n", "malformed"],
  ["a format that is missing", "=3\r\n", "malformed"],
  ["a null with something in it", "_1\r\n", "malformed"],
  ["a boolean that is neither", "#x\r\n", "malformed"],
  ["a line with half an end", "+OK\r:", "malformed"],
  ["a type that is none", "HTTP/1.1 400 Bad Request\r\n", "malformed"],
])("%s is refused as soon as it can be seen (%#)", (_what, reply, message) => {
  for (const size of PIECES) expect(() => take(reply, size)).toThrow(message);
});
