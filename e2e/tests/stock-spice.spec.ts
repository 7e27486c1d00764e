import { startQemuSpice } from "@curfew/testing/real";
import { expect, test } from "../src/fixtures/shared-servers.ts";
import { GatewayProcess } from "../src/servers/gateway-process.ts";
import { packageFolder } from "../src/servers/package-folder.ts";

/** What the page's WebSockets told it, in `globalThis`. */
declare global {
  var spiceSockets: { opened: number; closes: { code: number; reason: string }[] };
}

test("unmodified spice-html5 shows QEMU's screen, types, and loses every channel at the deadline", async ({ page }) => {
  test.setTimeout(180_000);
  await using machine = await startQemuSpice();
  await using gateway = await GatewayProcess.start({
    web: packageFolder("@spice-project/spice-html5"),
    sessions: { max_per_token: 1 },
  });
  await page.addInitScript(() => {
    globalThis.spiceSockets = { opened: 0, closes: [] };
    globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
      construct(target, args: [string, string[]]) {
        const socket = new target(...args);
        spiceSockets.opened += 1;
        socket.addEventListener("close", ({ code, reason }) => spiceSockets.closes.push({ code, reason }));
        return socket;
      },
    });
  });
  const target = `${machine.host}:${machine.port}`;
  const { token, expiresAt } = await gateway.issue({ type: "spice", target, ttl: 20, instance: "spice" });
  await page.goto(`${gateway.url}/spice_auto.html?token=${token}`);

  const canvas = page.locator("#spice-screen canvas");
  const colors = (): Promise<number> =>
    canvas.evaluate((node: HTMLCanvasElement) => {
      const { data } = node.getContext("2d")?.getImageData(0, 0, node.width, node.height) ?? {};
      return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
    });
  await expect.poll(colors).toBeGreaterThan(1);
  await canvas.click();
  for (const key of ["w", "Enter"]) await page.keyboard.press(key);
  await machine.typed(/^w$/m, 20_000);

  // Four channels or more, and one session: in the list, the limits and the metrics.
  const { opened } = await page.evaluate(() => spiceSockets);
  expect(opened).toBeGreaterThanOrEqual(4);
  expect(await gateway.sessionOf("spice")).toMatchObject({ type: "spice", state: "relaying" });
  expect(await gateway.metric("curfew_sessions_active")).toBe(1);

  // Until the test's own end: a limit of its own would have to be longer than what is left of the token.
  await page.waitForFunction((sockets) => spiceSockets.closes.length >= sockets, opened);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  const { closes } = await page.evaluate(() => spiceSockets);
  expect(closes).toEqual(Array.from(closes, () => ({ code: 4100, reason: "session_expired" })));
  await expect.poll(() => gateway.metric("curfew_sessions_closing")).toBe(0);
  expect(await gateway.metric('curfew_sessions_ended_total{reason="session_expired"}')).toBe(1);
});
