import { describe, expect, test } from "vitest";
import { connectInfoOf } from "./connect-info-of.ts";

const T = "0f7ac6f4-6a61-4f5c-b6f6-2f9f1f8f2a11";

describe("where to connect for the URL of", () => {
  test.each([
    ["Nova's noVNC", `http://nova:6080/vnc_lite.html?path=%3Ftoken%3D${T}`, `ws://nova:6080/?token=${T}`],
    ["Nova's noVNC, before Stein", `http://nova:6080/vnc_auto.html?token=${T}`, `ws://nova:6080/websockify?token=${T}`],
    ["Nova's noVNC over TLS", `https://nova:6080/vnc_lite.html?path=%3Ftoken%3D${T}`, `wss://nova:6080/?token=${T}`],
    ["Nova's serial console", `ws://nova:6083/?token=${T}`, `ws://nova:6083/?token=${T}`],
    ["Nova's serial console over TLS", `wss://nova:6083/?token=${T}`, `wss://nova:6083/?token=${T}`],
    ["Nova's SPICE", `http://nova:6082/spice_auto.html?token=${T}`, `ws://nova:6082/websockify?token=${T}`],
    [
      "Nova with a path in its base URL",
      `https://nova/vnc_lite.html?autoconnect=1&path=novnc%3Ftoken%3D${T}`,
      `wss://nova/novnc?token=${T}`,
    ],
    [
      "Zed with a query in its base URL",
      `https://nova/vnc_lite.html?autoconnect=1?path=%3Ftoken%3D${T}`,
      `wss://nova/?token=${T}`,
    ],
    [
      "Horizon",
      `https://nova:6080/vnc_lite.html?path=%3Ftoken%3D${T}&title=web-03(5e0c)`,
      `wss://nova:6080/?token=${T}`,
    ],
    ["noVNC with websockify", `https://h/vnc.html?path=websockify%3Ftoken%3D${T}`, `wss://h/websockify?token=${T}`],
    ["a path that is encoded twice", `https://h/vnc.html?path=%253Ftoken%253D${T}`, `wss://h/?token=${T}`],
    ["a path that is not encoded", `https://h/vnc.html?path=novnc?token=${T}`, `wss://h/novnc?token=${T}`],
    ["noVNC without a token", "http://h:6080/vnc.html", "ws://h:6080/websockify"],
    [
      "a reverse proxy with a prefix",
      `https://cloud/region-1/novnc/vnc_lite.html?path=%3Ftoken%3D${T}`,
      `wss://cloud/region-1/novnc/?token=${T}`,
    ],
    ["a path from the root", "https://cloud/novnc/vnc.html?path=/ws/7", "wss://cloud/ws/7"],
    [
      "noVNC with another host",
      `http://h/vnc.html?host=proxy&port=5800&encrypt=1&path=x%3Ftoken%3D${T}`,
      `wss://proxy:5800/x?token=${T}`,
    ],
    ["noVNC with another host, without TLS", "https://h/vnc.html?host=proxy&encrypt=0", "ws://proxy/websockify"],
    ["noVNC with an IPv6 address", "https://h/vnc.html?host=[::1]&port=6080", "wss://[::1]:6080/websockify"],
    ["noVNC with its settings in the fragment", `http://h/vnc.html#path=%3Ftoken%3D${T}`, `ws://h/?token=${T}`],
  ])("%s", (_whose, url, socket) => {
    expect(connectInfoOf(url)).toEqual({ url: socket });
    expect(connectInfoOf(new URL(url))).toEqual({ url: socket });
  });

  test.each([
    [`https://gw/console/?type=vnc&name=web#token=${T}`, "wss://gw/websockify"],
    [`http://gw:6080/vm/console/?type=serial#token=${T}`, "ws://gw:6080/vm/websockify"],
  ])("Curfew, with the token outside of the address: %s", (url, socket) => {
    expect(connectInfoOf(url)).toEqual({ url: socket, token: T });
  });

  test("another site is not reached through path", () => {
    for (const path of ["//evil/x", "\\\\evil/x", "https://evil/x", "/\\evil/x"]) {
      const { url } = connectInfoOf(`https://h/vnc.html?path=${encodeURIComponent(path)}`);
      expect(new URL(url).host).toBe("h");
    }
  });

  test("what is no console page is refused, without its token", () => {
    expect(() => connectInfoOf(`ftp://h/?token=${T}`)).toThrow(
      "the console URL has ftp:, expected http:, https:, ws: or wss:",
    );
    expect(() => connectInfoOf(`::?token=${T}`)).toThrow(/^the console URL is not a valid URL$/);
  });
});
