import { describe, expect, test } from "vitest";
import { parseStoreUrl } from "./store-url.ts";

const PLAIN = { tls: false, username: undefined, password: undefined, database: 0 };

describe("the URL of a store", () => {
  test.each([
    ["redis://store", { host: "store", port: 6379, ...PLAIN }],
    ["redis://10.0.0.5:7000/3", { host: "10.0.0.5", port: 7000, ...PLAIN, database: 3 }],
    ["redis://[fd00::5]:7000/", { host: "fd00::5", port: 7000, ...PLAIN }],
    ["rediss://store", { host: "store", port: 6379, ...PLAIN, tls: true }],
    ["redis://:p%40ss%3Aw%2Frd@store", { host: "store", port: 6379, ...PLAIN, password: "p@ss:w/rd" }],
    ["redis://alice:a:b@store", { host: "store", port: 6379, ...PLAIN, username: "alice", password: "a:b" }],
    ["redis://alice@store", { host: "store", port: 6379, ...PLAIN, username: "alice" }],
  ])("%s", (url, server) => {
    expect(parseStoreUrl(url)).toEqual({ server, sentinels: undefined, master: "" });
  });

  test("with Sentinels, of which each may have a port, and all an account of their own", () => {
    const url =
      "rediss+sentinel://alice:secret@one,two:7000,[fd00::3]/consoles/2?sentinel_username=s&sentinel_password=t";
    const account = { username: "s", password: "t" };
    expect(parseStoreUrl(url)).toEqual({
      server: { host: "", port: 0, tls: true, username: "alice", password: "secret", database: 2 },
      sentinels: [
        { host: "one", port: 26_379, ...account },
        { host: "two", port: 7000, ...account },
        { host: "fd00::3", port: 26_379, ...account },
      ],
      master: "consoles",
    });
  });

  test.each([
    ["", "expected redis://"],
    ["http://store", "expected redis://"],
    ["redis://", "expected redis://"],
    ["redis://secret@store secret@", "expected redis://"],
    ["redis://:secret@store:0", 'expected host, host:port or [IPv6]:port, but got "store:0"'],
    ["redis://:secret@store:65536", "expected host, host:port or [IPv6]:port"],
    ["redis://:secret@store:port", "expected host, host:port or [IPv6]:port"],
    [
      "redis://:secret@one,two:7000",
      "expected one host, but got several (one,two:7000): only Sentinels can be several",
    ],
    ["redis://:secret@store/1/2", "expected one host"],
    ["redis://:secret@store?a=b", "expected one host"],
    ["redis://:secret@store/main", 'expected the number of a database, but got "main"'],
    ["redis://:secret%@store", "expected a % only before two hexadecimal digits"],
    ["redis+sentinel://:secret@one", "expected the name of the master"],
    ["redis+sentinel://:secret@one/", "expected the name of the master"],
    ["redis+sentinel://:secret@one/a/b", 'expected the number of a database, but got "b"'],
    ["redis+sentinel://:secret@one/a/1/2", "expected the name of the master"],
    [
      "redis+sentinel://one/a?password=secret",
      "expected the parameters sentinel_username and sentinel_password, but got password",
    ],
  ])("%s is refused, and its password not quoted", (url, reason) => {
    const error = ((): string => {
      try {
        return JSON.stringify(parseStoreUrl(url));
      } catch (thrown) {
        return String(thrown);
      }
    })();
    expect(error).toContain(reason);
    expect(error).toContain("TypeError");
    expect(error).not.toContain("secret");
  });
});
