import { tokenSubprotocol } from "@curfew/protocol";
import { testPatternHash, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { canvasHash } from "../src/page-objects/console-page.ts";
import { expect, test } from "../src/fixtures/gateway.ts";
import { findPython } from "../../tools/setup/programs.ts";

/** What the scripts in the page leave behind for the test, in `globalThis.seen`. */
interface Seen {
  closes: { code: number; reason: string }[];
  texts: number;
  clean?: boolean;
  terminal?: () => string;
}

declare global {
  var seen: Seen;
}

/** Where the stock page has the packages' modules. */
const modules = {
  novnc: "/novnc/core/rfb.js",
  xterm: "/xterm/lib/xterm.mjs",
  attach: "/attach/lib/addon-attach.mjs",
};

for (const protocols of [["binary"], []]) {
  const offer = protocols.length === 0 ? "no subprotocol" : "binary";

  test(`unmodified noVNC shows the picture, types and sees 4100 at the deadline, offering ${offer}`, async ({
    stockPage,
    gateway,
    page,
  }) => {
    await using server = await startFakeVnc();
    await page.goto(stockPage.origin);
    const { token, expiresAt } = await gateway.issue({ type: "vnc", target: server.address, ttl: 12 });
    await page.evaluate(
      async ({ novnc, url, wsProtocols }) => {
        globalThis.seen = { closes: [], texts: 0 };
        globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
          construct(target, args: [string, string[]]) {
            const socket = new target(...args);
            socket.addEventListener("close", ({ code, reason }) => seen.closes.push({ code, reason }));
            socket.addEventListener("message", ({ data }) => {
              if (typeof data === "string") seen.texts += 1;
            });
            return socket;
          },
        });
        const { default: RFB } = await import(novnc);
        const rfb = new RFB(document.querySelector("#screen"), url, { wsProtocols });
        rfb.addEventListener(
          "disconnect",
          (event: CustomEvent<{ clean: boolean }>) => (seen.clean = event.detail.clean),
        );
        await new Promise((resolve) => rfb.addEventListener("connect", resolve));
        rfb.focus();
      },
      { ...modules, url: `${gateway.socketUrl}/?token=${token}`, wsProtocols: protocols },
    );
    await expect.poll(() => canvasHash(page.locator("canvas"))).toBe(testPatternHash(server.pattern, server.size));
    await page.keyboard.type("k");
    await server.waitFor("key", ({ keysym, down }) => keysym === 0x6b && down);
    await server.waitForNoConnections();
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    await expect
      .poll(() => page.evaluate(() => globalThis.seen.closes))
      .toEqual([{ code: 4100, reason: "session_expired" }]);
    expect(await page.evaluate(() => globalThis.seen.texts)).toBe(0);
    expect(await page.evaluate(() => globalThis.seen.clean)).toBe(true);
  });

  test(`unmodified AttachAddon prints only the console and types into it, offering ${offer}`, async ({
    stockPage,
    gateway,
    page,
  }) => {
    await using server = await startFakeSerial({ banner: "plain bytes\r\n" });
    await page.goto(stockPage.origin);
    const { token } = await gateway.issue({ type: "serial", target: server.address, ttl: 12 });
    await page.evaluate(
      async ({ xterm, attach, url, subprotocols }) => {
        globalThis.seen = { closes: [], texts: 0 };
        const { Terminal } = await import(xterm);
        const { AttachAddon } = await import(attach);
        const socket = new WebSocket(url, subprotocols);
        socket.addEventListener("close", ({ code, reason }) => seen.closes.push({ code, reason }));
        await new Promise((resolve) => socket.addEventListener("open", resolve));
        const terminal = new Terminal();
        terminal.open(document.querySelector("#screen"));
        terminal.loadAddon(new AttachAddon(socket));
        seen.terminal = () => {
          const buffer = terminal.buffer.active;
          const line = (at: number): string => buffer.getLine(at)?.translateToString(true) ?? "";
          return Array.from({ length: buffer.length }, (_, at) => line(at)).join("\n");
        };
        terminal.input("guest\r");
      },
      { ...modules, url: `${gateway.socketUrl}/?token=${token}`, subprotocols: protocols },
    );
    const screen = (): Promise<string> => page.evaluate(() => globalThis.seen.terminal?.() ?? "");
    await expect.poll(screen).toContain("assword:");
    expect(await screen()).toMatch(/^plain bytes\n/);
    await server.waitForNoConnections();
    await expect
      .poll(() => page.evaluate(() => globalThis.seen.closes))
      .toEqual([{ code: 4100, reason: "session_expired" }]);
    expect(await screen()).not.toContain("{");
  });
}

test("a page of a site that is not allowed gets no console", async ({ stranger, gateway, page }) => {
  await using server = await startFakeVnc();
  const { token } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300 });
  await page.goto(stranger.origin);
  const close = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        new WebSocket(url).addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
      }),
    `${gateway.socketUrl}/?token=${token}`,
  );
  expect(close).toEqual({ code: 4008, reason: "origin_not_allowed" });
  expect(server.connections).toHaveLength(0);
});

test("websockify's own Python client talks to a console until its deadline", async ({ gateway }) => {
  await using server = await startFakeSerial({ banner: "hello from the console\r\n" });
  const program = fileURLToPath(new URL("../src/stock-clients/websockify_client.py", import.meta.url));
  using client = spawn(findPython("websockify") ?? "python3", [program, gateway.socketUrl, "guest\r"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
  // Python takes seconds to load it on a busy machine.
  expect((await lines.next()).value).toBe("ready");
  const { token, expiresAt } = await gateway.issue({ type: "serial", target: server.address, ttl: 12 });
  client.stdin.end(`binary,${tokenSubprotocol(token)}\n`);
  const { received, ...rest } = JSON.parse(String((await lines.next()).value)) as { received: string };
  expect(rest).toEqual({ protocol: "binary", code: 4100, reason: "session_expired" });
  expect(received).toMatch(/^hello from the console\r\n[^]*assword: $/);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  await server.waitForNoConnections();
});
