import { expect, test } from "vitest";
import { originHasScheme } from "./origin-scheme.ts";

test.each([
  ["https://dash.example", "https://dash.example/vnc_lite.html", true],
  ["http://dash.example", "http://dash.example/vnc_lite.html", true],
  ["https://dash.example", "wss://dash.example/", true],
  ["http://dash.example", "ws://dash.example/", true],
  ["https://dash.example", "http://dash.example/vnc_lite.html", false],
  ["https://dash.example", "ws://dash.example/", false],
  ["http://dash.example", "https://dash.example/vnc_lite.html", false],
  ["http://dash.example", "no URL", false],
  ["http://dash.example", "", false],
  ["null", "http://dash.example/", false],
  [undefined, "https://dash.example/", true],
  ["https://dash.example", undefined, true],
])("a page of %s with a token for %s: %s", (origin, base, allowed) => {
  expect(originHasScheme(origin, base)).toBe(allowed);
});
