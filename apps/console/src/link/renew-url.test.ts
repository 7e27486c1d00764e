import { expect, it } from "vitest";
import { parseAllowedOrigins } from "./renew-url.ts";

it("reads exact origins, separated by spaces", () => {
  expect(parseAllowedOrigins(" https://a.example  http://b.example:3000/ ")).toEqual([
    "https://a.example",
    "http://b.example:3000",
  ]);
});

it("passes over everything that is no exact origin", () => {
  expect(
    parseAllowedOrigins("* https://*/ null https://a.example/path a.example javascript:1 https://u@a.example"),
  ).toEqual([]);
  expect(parseAllowedOrigins("")).toEqual([]);
});
