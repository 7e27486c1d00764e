import { expect, it } from "vitest";
import { parseAllowedOrigins } from "./renew-url.ts";

it("reads exact origins, separated by spaces", () => {
  expect(parseAllowedOrigins(" https://a.example  http://b.example:3000/ ", "https:")).toEqual([
    "https://a.example",
    "http://b.example:3000",
  ]);
});

it("takes a host alone for the page's own scheme and for https", () => {
  expect(parseAllowedOrigins("a.example:8443", "https:")).toEqual(["https://a.example:8443"]);
  expect(parseAllowedOrigins("a.example", "http:")).toEqual(["http://a.example", "https://a.example"]);
});

it("passes over everything that is no exact origin", () => {
  const list = "* https://* *.a.example https://a.example/path a.example/path https://u@a.example";
  expect(parseAllowedOrigins(list, "https:")).toEqual([]);
  expect(parseAllowedOrigins("", "https:")).toEqual([]);
});
