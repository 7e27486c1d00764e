import { expect, test } from "vitest";
import { parseAllowedOrigins } from "./allowed-origins.ts";

test("reads exact origins, separated by spaces", () => {
  expect(parseAllowedOrigins(" https://a.example  http://b.example:3000/ ", "https:")).toEqual([
    "https://a.example",
    "http://b.example:3000",
  ]);
});

test("reads a host alone as its origins with the page's own scheme and with https", () => {
  expect(parseAllowedOrigins("a.example:8443", "https:")).toEqual(["https://a.example:8443"]);
  expect(parseAllowedOrigins("a.example", "http:")).toEqual(["http://a.example", "https://a.example"]);
});

test("ignores everything that is not an exact origin", () => {
  const list = "* https://* *.a.example https://a.example/path a.example/path https://u@a.example";
  expect(parseAllowedOrigins(list, "https:")).toEqual([]);
  expect(parseAllowedOrigins("", "https:")).toEqual([]);
});
