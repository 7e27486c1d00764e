import { expect, test } from "vitest";
import { parseTransportUrl } from "./transport-url.ts";

const node = (host: string, port: number, username: string, password: string) => ({ host, port, username, password });

test("a URL names several nodes, each with a user of its own, a virtual host and options", () => {
  expect(parseTransportUrl("rabbit://nova:p1@rabbit1:5673,other:p2@rabbit2/cloud?ssl=1&ssl_ca_file=%2Fca.pem")).toEqual(
    {
      nodes: [node("rabbit1", 5673, "nova", "p1"), node("rabbit2", 5672, "other", "p2")],
      virtualHost: "cloud",
      query: new Map([
        ["ssl", "1"],
        ["ssl_ca_file", "/ca.pem"],
      ]),
    },
  );
});

test.each([
  ["rabbit://u:p@[fd00::1]:5671,u:p@[fd00::2]/", [node("fd00::1", 5671, "u", "p"), node("fd00::2", 5672, "u", "p")]],
  ["rabbit://u:p@fd00::1", [node("fd00::1", 5672, "u", "p")]],
])("IPv6 addresses have brackets or no port: %s", (url, nodes) => {
  expect(parseTransportUrl(url).nodes).toEqual(nodes);
});

test.each([
  ["u:%40%3a%2F%25", "u", "@:/%"],
  ["user@domain:p", "user@domain", "p"],
  ["u:a:b", "u", "a:b"],
  ["%C3%BC:%E2%82%AC", "ü", "€"],
  ["u:100%", "u", "100%"],
  ["u:a+b", "u", "a+b"],
])("user and password are decoded as Python does: %s", (user, username, password) => {
  expect(parseTransportUrl(`rabbit://${user}@host`).nodes).toEqual([node("host", 5672, username, password)]);
});

test("what a URL leaves out is RabbitMQ's default", () => {
  const expected = { nodes: [node("localhost", 5672, "guest", "guest")], virtualHost: "/", query: new Map() };
  expect(parseTransportUrl("rabbit://")).toEqual(expected);
  expect(parseTransportUrl("rabbit:///")).toEqual(expected);
  expect(parseTransportUrl("rabbit://localhost//")).toEqual(expected);
  expect(parseTransportUrl("rabbit://h1,h2/%2Fa").virtualHost).toBe("/a");
});

test.each([
  ["", "expected a URL such as rabbit://user:password@host:5672/, but got no URL"],
  ["u:secret@host", "expected a URL such as rabbit://user:password@host:5672/, but got no URL"],
  ["kafka://u:secret@host", "expected a URL such as rabbit://user:password@host:5672/, but got kafka://"],
])("a URL of another kind is refused without its password: %s", (url, message) => {
  expect(() => parseTransportUrl(url)).toThrow(new TypeError(message));
});

test.each([
  "rabbit://u:secret@host:56x2/",
  "rabbit://u:secret@host:0/",
  "rabbit://u:secret@[host]/",
  "rabbit://u:secret@a b/",
  "rabbit://u:sec/ret@host/",
  "rabbit://u:sec,ret@host/",
])("a node that cannot be read is refused without quoting any of it: %s", (url) => {
  const message =
    /^expected host:port such as rabbit1:5672 or \[fd00::1\]:5672 in node 1 of the URL; in user and password, write the characters/;
  expect(() => parseTransportUrl(url)).toThrow(message);
  expect(() => parseTransportUrl(url)).not.toThrow(/sec|ret|56x2/);
});
