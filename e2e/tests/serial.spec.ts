import { startFakeSerial } from "@curfew/testing";
import { expect, test } from "../src/fixtures/gateway.ts";

test("a serial guest shows its prompt, takes a login and runs a command", async ({ gateway, console, page }) => {
  await using server = await startFakeSerial({ hostname: "box" });
  await console.open((await gateway.issue({ type: "serial", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await expect.poll(() => console.terminalText()).toContain("login:");
  await page.keyboard.type("guest\n");
  await expect.poll(() => console.terminalText()).toContain("assword:");
  await page.keyboard.type("guest\n");
  await server.waitFor("login");
  await page.keyboard.type("echo one-two-three\n");
  const { connection } = await server.waitFor("command", ({ line }) => line === "echo one-two-three");
  expect(connection).toBe(0);
  await expect.poll(() => console.terminalText()).toMatch(/\none-two-three\n/);
  expect(await console.terminalText()).not.toContain("guest\nPassword: guest");
});

test("the terminal follows the window's size", async ({ gateway, console, page }) => {
  await using server = await startFakeSerial();
  await console.open((await gateway.issue({ type: "serial", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await expect.poll(() => console.terminalText()).toContain("login:");
  const rows = (): Promise<number> => page.locator(".xterm-rows > div").count();
  const before = await rows();
  await page.setViewportSize({ width: 900, height: 500 });
  await expect.poll(rows).toBeLessThan(before);
});

test("the screen survives a reconnection", async ({ gateway, console }) => {
  await using server = await startFakeSerial({ banner: "the first screen\r\n" });
  await console.open((await gateway.issue({ type: "serial", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await expect.poll(() => console.terminalText()).toContain("the first screen");
  (await server.waitForConnection(0)).reset();
  await server.waitForConnection(1);
  await console.waitFor("connected");
  await expect.poll(async () => (await console.terminalText()).match(/the first screen/g)?.length).toBe(2);
});

test("a flood of output leaves the page alive and the gateway's deadline exact", async ({ gateway, console, page }) => {
  await using server = await startFakeSerial({ faults: [{ type: "flood", at: "login" }] });
  const { url, expiresAt } = await gateway.issue({ type: "serial", target: server.address, ttl: 10 });
  await console.open(url);
  const connection = await server.waitForConnection();
  const { by } = await connection.closed;
  expect(by).toBe("client");
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  await console.waitForEnd("session_expired");
  await expect(page.locator(".xterm-rows")).toHaveCount(0);
});
