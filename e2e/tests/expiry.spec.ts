import { testPatternHash, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { ConsolePage } from "../src/page-objects/console-page.ts";
import { GatewayProcess } from "../src/servers/gateway-process.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { expect, test } from "../src/fixtures/gateway.ts";

test("rule 11: at the deadline the page says so, the close code is 4100, the target is closed and the picture cleared", async ({
  gateway,
  console,
  page,
}) => {
  await using server = await startFakeVnc();
  const { url, expiresAt } = await gateway.issue({ type: "vnc", target: server.address, ttl: 12 });
  await console.open(url);
  await console.waitFor("connected", "expiring");
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(server.pattern, server.size));

  const { by } = await (await server.waitForConnection()).closed;
  expect(by).toBe("client");
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  await console.waitForEnd("session_expired");
  await expect.poll(() => console.closes()).toEqual([{ code: 4100, reason: "session_expired" }]);
  await expect(console.endScreen).toContainText("4100");
  await expect(page.locator("canvas")).toHaveCount(0);
  expect(server.openConnections).toBe(0);
  await takeScreenshots(page, "live-session-expired");
});

test("rule 11: the text of an expired serial session is gone from the page", async ({ gateway, console, page }) => {
  await using server = await startFakeSerial({ banner: "confidential words\r\n" });
  await console.open((await gateway.issue({ type: "serial", target: server.address, ttl: 12 })).url);
  await expect(page.getByText("confidential words").first()).toBeVisible();
  await console.waitForEnd("session_expired");
  expect(await page.content()).not.toContain("confidential");
  await server.waitForNoConnections();
});

test("with enforcement off the session outlives its token, and the expired token opens no second one", async ({
  console,
  context,
}) => {
  await using gateway = await GatewayProcess.start({ consoleauth: { enforce_session_timeout: false } });
  await using server = await startFakeVnc();
  const { url, expiresAt } = await gateway.issue({ type: "vnc", target: server.address, ttl: 12 });
  await console.open(url);
  await console.waitFor("connected");

  // The second opening is refused as expired: by then the token is over, and the first session goes on.
  await expect.poll(() => Date.now()).toBeGreaterThan(expiresAt);
  const second = new ConsolePage(await context.newPage());
  await second.open(url);
  await second.waitForEnd("token_expired");
  await expect.poll(() => second.closes()).toEqual([{ code: 4101, reason: "token_expired" }]);

  server.showPattern(9);
  await console.page.bringToFront();
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(9, server.size));
  expect(await console.closes()).toEqual([]);
  expect((await gateway.admin.listSessions()).sessions).toHaveLength(1);
});
