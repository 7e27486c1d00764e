import { expect, test } from "vitest";
import { type Endpoint, formatEndpoint, parseEndpoint, sameEndpoint } from "./endpoint.ts";

const endpoints: readonly [string, Endpoint][] = [
  ["10.0.0.5:5901", { type: "tcp", host: "10.0.0.5", port: 5901 }],
  ["[::1]:5901", { type: "tcp", host: "::1", port: 5901 }],
  ["tls://node.example:5901", { type: "tls", host: "node.example", port: 5901 }],
  [
    "tls://10.0.0.5:5901?server_name=node.example",
    { type: "tls", host: "10.0.0.5", port: 5901, serverName: "node.example" },
  ],
  ["tls://[::1]:5901?server_name=::2", { type: "tls", host: "::1", port: 5901, serverName: "::2" }],
  ["unix:/run/consoles/vm-1", { type: "unix", path: "/run/consoles/vm-1" }],
];

test.each(endpoints)("%s is parsed and formatted", (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual(endpoint);
  expect(formatEndpoint(endpoint)).toBe(text);
});

test.each([
  "",
  "host",
  "host:0",
  "tls://host",
  "unix:",
  "unix:relative",
  "unix:/a\0b",
  "udp://host:1",
  "host:1?server_name=a",
])("%j is refused, and named", (text) => {
  expect(() => parseEndpoint(text)).toThrow(JSON.stringify(text.replace(/^tls:\/\//, "")).slice(0, -1));
});

test.each(["", "a b", "a/b", "-.", "a..b", "a?server_name=b", "x".repeat(254)])(
  "the server name %j is refused",
  (name) => {
    expect(() => parseEndpoint(`tls://host:1?server_name=${name}`)).toThrow("expected a name such as console.example");
  },
);

test("endpoints are the same only if type, place and server name are", () => {
  const all = endpoints.map(([, endpoint]) => endpoint);
  for (const a of all) for (const b of all) expect(sameEndpoint(a, b)).toBe(a === b);
  const tls = { type: "tls", host: "node.example", port: 5901 } as const;
  expect(sameEndpoint(tls, { ...tls, type: "tcp" })).toBe(false);
  expect(sameEndpoint(tls, { ...tls, serverName: "node.example" })).toBe(true);
  expect(sameEndpoint(tls, { ...tls, serverName: "other.example" })).toBe(false);
});
