import { spawn } from "node:child_process";
import { startLinuxSerialGuest, startQemuVnc, startTigerVnc, TERMINAL_COLOR } from "@curfew/testing/real";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { GatewayProcess } from "../src/servers/gateway-process.ts";
import { expect, test } from "../src/fixtures/gateway.ts";
import { colorAt } from "../src/page-objects/console-page.ts";

test("TigerVNC: the desktop appears, typing reaches it, and the deadline ends it", async ({
  gateway,
  console,
  page,
}) => {
  await using server = await startTigerVnc({ width: 1024, height: 768, windowManager: true });
  const { url, expiresAt } = await gateway.issue({
    type: "vnc",
    target: `127.0.0.1:${server.port}`,
    ttl: 30,
    name: "TigerVNC",
  });
  await console.open(url);
  await console.waitFor("connected", "expiring");
  await expect
    .poll(() => console.canvas.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]))
    .toEqual([1024, 768]);
  await console.canvas.click();
  await page.keyboard.type("echo Real Input 42\n");
  await server.typed(/^echo Real Input 42$/m, 30_000);
  await takeScreenshots(page, "live-tigervnc");
  await console.waitForEnd("session_expired");
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  await expect(page.locator("canvas")).toHaveCount(0);
  await takeScreenshots(page, "live-tigervnc-expired");
});

test("TigerVNC: a window is moved by its title, as on a desktop at hand", async ({ gateway, console, page }) => {
  await using server = await startTigerVnc({ width: 1024, height: 768, windowManager: true });
  const { url } = await gateway.issue({ type: "vnc", target: `127.0.0.1:${server.port}`, ttl: 300 });
  await console.open(url);
  await console.waitFor("connected");
  await expect.poll(() => colorAt(console.canvas, 100, 300)).toBe(TERMINAL_COLOR);
  const { x, y, width = 0 } = (await console.canvas.boundingBox()) ?? { x: 0, y: 0 };
  const scale = width / 1024;
  await page.mouse.move(x + 300 * scale, y + 10 * scale);
  await page.mouse.down();
  await page.mouse.move(x + 500 * scale, y + 200 * scale, { steps: 10 });
  await page.mouse.up();
  await expect.poll(() => colorAt(console.canvas, 900, 600)).toBe(TERMINAL_COLOR);
  expect(await colorAt(console.canvas, 100, 300)).not.toBe(TERMINAL_COLOR);
});

test("TigerVNC: what noVNC says by itself while the screen changes keeps no idle session open", async ({ console }) => {
  await using gateway = await GatewayProcess.start({ sessions: { idle_timeout: 6 } });
  await using server = await startTigerVnc();
  // Ends with its display.
  spawn("xterm", ["-display", server.display, "-e", "while :; do date +%N; sleep 0.1; done"]);
  await console.open((await gateway.issue({ type: "vnc", target: `127.0.0.1:${server.port}`, ttl: 300 })).url);
  await console.waitFor("connected");
  await console.canvas.click();
  await console.canvas.press("a");
  await console.waitForEnd("idle_timeout");
});

test("QEMU: the machine's screen appears, and a long text is typed to its last character", async ({
  gateway,
  console,
  page,
}) => {
  await using server = await startQemuVnc();
  const { url } = await gateway.issue({ type: "vnc", target: `127.0.0.1:${server.port}`, ttl: 300, name: "QEMU" });
  await console.open(url);
  await console.waitFor("connected");
  const colors = (): Promise<number> =>
    console.canvas.evaluate((canvas: HTMLCanvasElement) => {
      if (canvas.width === 0 || canvas.height === 0) return 0;
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
    });
  await expect.poll(colors).toBeGreaterThan(1);
  await takeScreenshots(page, "live-qemu");

  const type = async (text: string): Promise<void> => {
    await page.getByRole("button", { name: "Text and clipboard" }).click();
    await page.getByLabel("Text for the machine").fill(text);
    await page.getByRole("button", { name: "Type text" }).click();
  };
  await type("echo grüße");
  await expect(page.getByText("nothing was typed: ü ß")).toBeVisible();
  const text = `: ${"The quick Fox_42 (jumps) over #a4 Pass_Wort! ".repeat(5)}.`;
  await type(`${text}\n`);
  const literal = text.replaceAll(/[().]/g, String.raw`\$&`);
  await server.typed(new RegExp(`${literal}\r?\n`), 60_000);
  // With the user's Caps Lock, which QEMU reports to the page.
  await page.keyboard.press("CapsLock");
  await type(": Secret-aB\n");
  await server.typed(/: Secret-aB\r?\n/, 60_000);
});

test("Linux on a serial port: a login, a command, and its output in the terminal", async ({
  gateway,
  console,
  page,
}) => {
  test.setTimeout(180_000);
  await using guest = await startLinuxSerialGuest({ hostname: "realguest" });
  const { url } = await gateway.issue({ type: "serial", target: `127.0.0.1:${guest.port}`, ttl: 300, name: "Linux" });
  await console.open(url);
  await console.waitFor("connected");
  await page.keyboard.press("Enter");
  await expect.poll(() => console.terminalText()).toContain("realguest login:");
  await page.keyboard.type("root\n");
  await expect.poll(() => console.terminalText()).toContain("Password:");
  await page.keyboard.type("curfew\n");
  await expect.poll(() => console.terminalText()).toContain("~ #");
  await page.keyboard.type("echo $((6 * 7)) $(uname -s)\n");
  await expect.poll(() => console.terminalText()).toMatch(/^42 Linux$/m);
  await takeScreenshots(page, "live-linux-serial");
  // The machine cannot know the terminal's size, until it is told.
  const size = page.getByRole("button", { name: /^Terminal size/ });
  const [cols, rows] = (await size.innerText()).split(" × ");
  await size.click();
  await page.getByRole("menuitem", { name: "Tell the shell this size (stty)" }).click();
  await page.keyboard.type("stty size\n");
  await expect.poll(() => console.terminalText()).toMatch(new RegExp(`^${rows} ${cols}$`, "m"));
});
