import { serveSamplePage } from "../src/page-objects/sample-page.ts";
// docs/guide/testing.md contains the rest of this file, except for what serves the page.
import { CloseCode, type ServerCloseReason } from "@curfew/protocol";
import { expect, test } from "@curfew/testing/playwright";

const consolePage = "http://localhost/console.html";
const gatewayAddress = "**/websockify";

test("the page shows the screen, and keys reach the machine", async ({ page, vnc, routeConsole }) => {
  await routeConsole(gatewayAddress);
  await page.goto(consolePage);
  await expect(page.locator("canvas")).toBeVisible();
  await page.locator("canvas").focus();
  await page.keyboard.press("a");
  await vnc.waitFor("key", ({ keysym, down }) => keysym === 0x61 && down);
});

test("Renew gets a new token and keeps the connection", async ({ page, vnc, routeConsole }) => {
  const gateway = await routeConsole(gatewayAddress, { renewal: 600_000 });
  await page.goto(consolePage);
  const session = await gateway.waitForSession();
  await expect(page.getByRole("status")).toHaveText("connected");
  session.warn(60_000);
  await expect(page.getByRole("status")).toHaveText("expiring");
  await page.getByRole("button", { name: "Renew" }).click();
  await expect(page.getByRole("status")).toHaveText("renewed");
  await gateway.waitFor("renew", ({ token }) => token !== session.token);
  expect(vnc.connections).toHaveLength(1);
});

test("the page reports a refused renewal, and the session continues", async ({ page, routeConsole }) => {
  const gateway = await routeConsole(gatewayAddress, { renewal: "token_invalid" });
  await page.goto(consolePage);
  const session = await gateway.waitForSession();
  await expect(page.getByRole("status")).toHaveText("connected");
  session.warn(60_000);
  await expect(page.getByRole("status")).toHaveText("expiring");
  await page.getByRole("button", { name: "Renew" }).click();
  await expect(page.getByRole("status")).toContainText("not renewed");
  expect(session.open).toBe(true);
});

test("the page reconnects after the gateway restarts", async ({ page, routeConsole }) => {
  const gateway = await routeConsole(gatewayAddress);
  await page.goto(consolePage);
  (await gateway.waitForSession()).end("server_draining");
  await gateway.waitForSession(1);
  await expect(page.getByRole("status")).toHaveText("connected");
});

const final = (Object.keys(CloseCode) as ServerCloseReason[]).filter((reason) => CloseCode[reason] < 4200);

for (const reason of final) {
  test(`the page shows ${reason} and removes the screen`, async ({ page, routeConsole }) => {
    const gateway = await routeConsole(gatewayAddress);
    await page.goto(consolePage);
    await expect(page.locator("canvas")).toBeVisible();
    (await gateway.waitForSession()).end(reason);
    await expect(page.getByRole("status")).toHaveText(`Ended: ${reason}`);
    await expect(page.locator("canvas")).toHaveCount(0);
  });
}

test.beforeEach(({ page }) => serveSamplePage(page));
