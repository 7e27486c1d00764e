import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import { freePort } from "@curfew/testing/real";
import { GatewayProcess } from "../src/servers/gateway-process.ts";
import { expect, test } from "../src/fixtures/gateway.ts";
import { ConsolePage } from "../src/page-objects/console-page.ts";

test("an operator ends the session: the page says so and does not come back", async ({ gateway, console, page }) => {
  await using server = await startFakeVnc();
  const { url, id } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300, instance: "vm-operator" });
  await console.open(url);
  await console.waitFor("connected");
  await gateway.admin.endSessions({ instance: "vm-operator" });
  await console.waitForEnd("session_terminated");
  await expect.poll(() => console.closes()).toEqual([{ code: 4005, reason: "session_terminated" }]);
  await expect(page.locator("canvas")).toHaveCount(0);
  await server.waitForNoConnections();
  expect(server.connections).toHaveLength(1);
  // The token stays valid until it is revoked.
  await gateway.admin.revokeToken(id);
  await console.open("about:blank");
  await console.open(url);
  await console.waitForEnd("token_invalid");
});

test("revoking a token ends the session that it opened", async ({ gateway, console }) => {
  await using server = await startFakeVnc();
  const { url, id } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300 });
  await console.open(url);
  await console.waitFor("connected");
  await gateway.admin.revokeToken(id);
  await console.waitForEnd("session_terminated");
});

test("a user is asked before another one takes over, and keys for the machine do not answer", async ({
  console,
  page,
}) => {
  await using gateway = await GatewayProcess.start({ sessions: { max_per_instance: 1, on_limit: "ask" } });
  await using server = await startFakeVnc();
  const request = { type: "vnc", target: server.address, ttl: 300, instance: "vm-1" } as const;
  await console.open((await gateway.issue({ ...request, user: "alice" })).url);
  await console.waitFor("connected");
  await console.canvas.click();
  const other = new ConsolePage(await page.context().newPage());
  await other.open((await gateway.issue({ ...request, user: "bob" })).url);
  await expect(other.page.getByRole("heading", { level: 2 })).toHaveText("Asking the user at the console…");
  await expect(other.page.locator(".card-sentence")).toContainText(/\d+ seconds?/);

  await page.bringToFront();
  const question = page.getByRole("alertdialog", { name: "bob wants this console" });
  await expect(question).toContainText(/your session ends.*Without an answer in \d+ seconds?/);
  await expect(console.canvas).toBeFocused();
  server.clearReceived();
  await page.keyboard.press("Enter");
  await server.waitFor("key", (key) => key.keysym === 0xff0d);
  await expect(question).toBeVisible();

  await page.keyboard.press("Control+Alt+Shift");
  await expect(question.getByRole("button", { name: "Decline" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await console.waitForEnd("session_replaced");
  await expect(page.getByText("bob took the console over")).toBeVisible();
  await other.waitFor("connected");

  await page.getByRole("button", { name: "Open here again" }).click();
  const asked = other.page.getByRole("alertdialog", { name: "alice wants this console" });
  await asked.getByRole("button", { name: "Decline" }).click();
  await expect(asked).toBeHidden();
  await console.waitForEnd("takeover_denied");
  await expect(page.getByRole("button", { name: "Ask again" })).toBeVisible();
});

test("an idle session ends although noVNC keeps requesting updates, and the page says why", async ({
  console,
  page,
}) => {
  await using gateway = await GatewayProcess.start({ sessions: { idle_timeout: 8 } });
  await using server = await startFakeVnc({ fps: 20 });
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  const typedAt = Date.now();
  await console.canvas.click();
  await page.keyboard.type("x");
  await server.waitFor("key");
  await console.waitForEnd("idle_timeout");
  expect(Date.now() - typedAt).toBeGreaterThanOrEqual(8000);
  await expect.poll(() => console.closes()).toEqual([{ code: 4007, reason: "idle_timeout" }]);
  await server.waitForNoConnections();
});

test("a target that closes is opened again, and given up with its reason when it stays away", async ({
  gateway,
  console,
  page,
}) => {
  await using server = await startFakeSerial();
  await console.open((await gateway.issue({ type: "serial", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  await server.refuse();
  (await server.waitForConnection()).end();
  await console.waitFor("reconnecting");
  await expect.poll(async () => (await console.closes()).map(({ code }) => code)).toContain(4203);
  await expect.poll(async () => (await console.closes()).map(({ code }) => code)).toContain(4202);
  await page.getByRole("button", { name: /cancel/i }).click();
  await console.waitFor("ended");
});

test("a target that refuses is named as unreachable, and opened once it accepts", async ({ gateway, console }) => {
  await using server = await startFakeVnc({ port: await freePort(), faults: [{ type: "refuse" }] });
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("reconnecting");
  await expect(console.endScreen).toHaveAttribute("data-reason", "target_unreachable");
  await server.accept();
  await console.waitFor("connected");
});

test("a wrong token is refused as invalid", async ({ gateway, console }) => {
  await console.open(`${gateway.url}/console/?type=vnc#token=wrong`);
  await console.waitForEnd("token_invalid");
  await expect.poll(() => console.closes()).toEqual([{ code: 4102, reason: "token_invalid" }]);
});

test("a link without a token asks for one and opens no connection", async ({ gateway, console }) => {
  await console.open(`${gateway.url}/console/?type=vnc`);
  await console.waitFor("no-token");
  expect(await console.closes()).toEqual([]);
});

test("a target that the gateway may not dial is forbidden, and the page says so without its address", async ({
  gateway,
  console,
  page,
}) => {
  const { forbiddenTarget } = gateway;
  const { url } = await gateway.issue({ type: "vnc", target: forbiddenTarget, ttl: 300 });
  for (const [language, heading] of [
    ["en", "Access not allowed"],
    ["de", "Zugriff nicht erlaubt"],
  ] as const) {
    await page.goto("about:blank");
    await console.open(url.replace("?", `?lang=${language}&`));
    await console.waitForEnd("forbidden");
    const card = console.endScreen;
    await expect(card.getByRole("heading")).toHaveText(heading);
    await expect(card).toContainText("this gateway may not connect to the console");
    const port = forbiddenTarget.slice(forbiddenTarget.lastIndexOf(":"));
    for (const secret of ["localhost", "127.0.0.1", "::1", port, "targets.allow"]) {
      await expect(page.locator("body")).not.toContainText(secret);
    }
  }
});

test("the client reconnects when the gateway restarts, with the same token", async ({ console }) => {
  await using gateway = await GatewayProcess.startRestartable({ sessions: { drain_timeout: 0 } });
  await using server = await startFakeVnc();
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 300 })).url);
  await console.waitFor("connected");
  // A crash: the page sees 1006.
  await gateway.stop("SIGKILL");
  await console.waitFor("reconnecting");
  await gateway.start();
  await console.waitFor("connected");
  await expect.poll(async () => (await console.closes())[0]?.code).toBe(1006);
  await server.waitForConnection(1);
});

test("a gateway that drains says so, ends with status 0 and leaves no target connection", async ({ console, page }) => {
  await using gateway = await GatewayProcess.startRestartable({ sessions: { drain_timeout: 1 } });
  await using server = await startFakeVnc();
  const { url } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300 });
  await console.open(url);
  await console.waitFor("connected");
  expect(await gateway.stop("SIGTERM")).toBe(0);
  await server.waitForNoConnections();
  await console.waitFor("reconnecting");
  await expect.poll(async () => (await console.closes())[0]).toEqual({ code: 4200, reason: "server_draining" });
  await gateway.start();
  // The browser's event for a network that is back, at which the page reconnects at once.
  await page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
  await console.waitFor("connected");
});
