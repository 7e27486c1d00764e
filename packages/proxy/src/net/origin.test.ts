import { describe, expect, test } from "vitest";
import { originAllowed, parseAllowedOrigin } from "./origin.ts";

const allowed = (origin: string | undefined, host: string | undefined, ...entries: string[]): boolean =>
  originAllowed(origin, host, entries.map(parseAllowedOrigin));

describe("an entry of allowed_origins", () => {
  test.each([
    ["a host matches both schemes at their default port", "dash.example", "https://dash.example", true],
    ["a host matches both schemes at their default port", "dash.example", "http://dash.example", true],
    ["a host without a port is not the host at any port", "dash.example", "https://dash.example:8443", false],
    ["a port must be the same", "dash.example:8443", "https://dash.example:8443", true],
    ["a default port may be written out", "dash.example:443", "https://dash.example", true],
    ["the default port of the other scheme is not meant", "dash.example:443", "http://dash.example", false],
    ["a scheme binds", "https://dash.example", "http://dash.example", false],
    ["a scheme binds", "https://dash.example", "https://dash.example", true],
    ["capitals do not matter", "DASH.example", "https://dash.example", true],
    ["a subdomain is another host", "dash.example", "https://a.dash.example", false],
    ["an IPv6 address is written in brackets", "[::1]:8080", "http://[::1]:8080", true],
    ["an application's pages have a scheme of their own", "tauri://localhost", "tauri://localhost", true],
    ["an application's pages have a scheme of their own", "capacitor://localhost", "capacitor://localhost", true],
    ["an application's pages have a scheme of their own", "Ionic://LocalHost", "ionic://localhost", true],
    ["a scheme of their own binds", "tauri://localhost", "capacitor://localhost", false],
    ["a scheme of their own binds", "tauri://localhost", "http://localhost", false],
    ["a host does not mean every scheme", "localhost", "tauri://localhost", false],
    ["every port may be meant", "dash.example:*", "https://dash.example:8443", true],
    ["every port may be meant", "dash.example:*", "http://dash.example", true],
    ["every port may be meant", "[::1]:*", "http://[::1]:8080", true],
    ["every port of another host is not", "dash.example:*", "https://dash.example.org", false],
    ["every port of a scheme may be meant", "https://dash.example:*", "https://dash.example:8443", true],
    ["every port of a scheme may be meant", "https://dash.example:*", "http://dash.example:8443", false],
  ])("%s: %s, %s", (_what, entry, origin, expected) => {
    expect(allowed(origin, "gateway.example", entry)).toBe(expected);
  });

  test.each([
    "https://dash.example/",
    "dash.example/x",
    "https://",
    "a b",
    "https://u@dash.example",
    "dash.example?",
    "*",
    "*:*",
    "dash.example:443:*",
    "null",
    "tauri://",
    "tauri://localhost/x",
    "tauri://*",
    "file://localhost",
    "wss://dash.example",
    "2001:db8::1:*",
  ])("%j is refused, and named", (entry) => {
    const refused = (): boolean => {
      try {
        return parseAllowedOrigin(entry).host === "*";
      } catch (error) {
        return String(error).includes(JSON.stringify(entry));
      }
    };
    expect(refused()).toBe(true);
  });
});

describe("without an entry", () => {
  test("the host of the request is allowed, whatever proxy took TLS away", () => {
    expect(allowed("https://gateway.example", "gateway.example")).toBe(true);
    expect(allowed("http://gateway.example:6080", "gateway.example:6080")).toBe(true);
    expect(allowed("https://gateway.example", "gateway.example:443")).toBe(true);
    expect(allowed("https://gateway.example", "gateway.example:80")).toBe(false);
  });

  test("the pages of an application and those without an origin are refused, whatever the host", () => {
    expect(allowed("tauri://localhost", "localhost")).toBe(false);
    expect(allowed("null", "null")).toBe(false);
  });

  test("an origin that no browser sends is refused: it is kept while its token is looked up", () => {
    const padded = (length: number): string => "https://gateway.example/".padEnd(length, "x");
    expect(allowed(padded(512), "gateway.example")).toBe(true);
    expect(allowed(padded(513), "gateway.example")).toBe(false);
  });

  test("a request without Host allows no page", () => {
    expect(allowed("https://gateway.example", undefined)).toBe(false);
  });

  test("a Host that is no host allows no page", () => {
    expect(allowed("https://gateway.example", "gateway.example/path")).toBe(false);
  });
});
