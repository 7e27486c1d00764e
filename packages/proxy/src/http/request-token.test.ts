import { tokenSubprotocol } from "@curfew/protocol";
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { NO_TOKEN } from "../tokens/no-token.ts";
import { requestToken, TOKEN_READERS } from "./request-token.ts";

const token = (url: string, headers: Record<string, string> = {}): string | undefined =>
  requestToken({ url, headers } as unknown as IncomingMessage);

test.each([
  [
    "the subprotocol",
    "/?token=q",
    { "sec-websocket-protocol": `binary, ${tokenSubprotocol("sub")}`, cookie: "token=c" },
    "sub",
  ],
  ["Authorization", "/?token=q", { authorization: "Bearer auth", cookie: "token=c" }, "auth"],
  ["the query", "/?token=q", { authorization: "Basic eA==", cookie: "token=c" }, "q"],
  ["the cookie", "/?other=1", { cookie: "x=1; token=c" }, "c"],
  ["nowhere", "/", {}, undefined],
])("is taken from %s when that is the first place that has one", (_place, url, headers, expected) => {
  expect(token(url, headers)).toBe(expected);
});

test.each([
  ["the last of several query values wins, as in Nova", "/?token=a&token=b", {}, "b"],
  ["an empty query value counts as none", "/?token=", { cookie: "token=c" }, "c"],
  ["the path does not matter", "/websockify/deep?x&token=q", {}, "q"],
  ["percent signs are decoded", "/?token=a%2Bb", {}, "a+b"],
  ["a second question mark is part of the query", "/?path=?token=q&token=r", {}, "r"],
  ["the last of several cookies wins", "/", { cookie: "token=a; token=b" }, "b"],
  ["cookie parts that are no pair are skipped", "/", { cookie: ";;junk; =; token=c ;" }, "c"],
  ["quotes around a cookie's value are not part of it", "/", { cookie: 'token="c"' }, "c"],
  ["a cookie whose name only ends so is another", "/", { cookie: "xtoken=c" }, undefined],
  ["the scheme of Authorization is read in any case", "/", { authorization: "bearer  x" }, "x"],
  ["a subprotocol that is no base64url is none", "/?token=q", { "sec-websocket-protocol": "curfew.token.%%" }, "q"],
])("%s", (_what, url, headers, expected) => {
  expect(token(url, headers)).toBe(expected);
});

test.each([
  ["host", "vm1.example:6080", "vm1.example"],
  ["host", "[::1]:6080", "[::1]"],
  ["host", "", undefined],
  ["host", undefined, undefined],
  ["none", "vm1.example", NO_TOKEN],
  ["request", "vm1.example", "q"],
] as const)("from %s, with the host %s", (place, host, expected) => {
  const request = { url: "/?token=q", headers: { host } } as unknown as IncomingMessage;
  expect(TOKEN_READERS[place](request)).toBe(expected);
});
