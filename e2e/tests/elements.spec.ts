import { expectAccessible } from "../src/audits/accessibility.ts";
import type { IssueRequest } from "@curfew/proxy/admin";
import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import type { Page } from "@playwright/test";
import { expect, test as base } from "../src/fixtures/shared-servers.ts";
import type { GatewayProcess } from "../src/servers/gateway-process.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import type { ElementType } from "../src/console-types.ts";

interface Issuing {
  readonly gateway: GatewayProcess;
  readonly origin: string;
}

const test = base.extend<{ readonly issuing: Issuing }>({
  issuing: ({ enforcingGateway, bundledPages }, use) => use({ gateway: enforcingGateway, origin: bundledPages.origin }),
});

/** Opens the page with an element that gets new tokens with these times to live, in order. */
async function open(
  page: Page,
  { gateway, origin }: Issuing,
  request: Omit<IssueRequest, "ttl">,
  ...ttls: number[]
): Promise<void> {
  await page.exposeFunction("issueToken", async () => {
    const ttl = ttls.shift();
    if (ttl === undefined) throw new Error("no more tokens");
    return (await gateway.issue({ ...request, ttl })).token;
  });
  await page.goto(`${origin}/element/?type=${request.type}&gateway=${encodeURIComponent(gateway.socketUrl)}`);
}

const status = (page: Page, type: ElementType, expected: string): Promise<void> =>
  expect(page.locator(`curfew-${type}`)).toHaveAttribute("status", expected);

async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
  }
}

test("an element shows a VNC console, warns, renews, and says that an operator ended it", async ({ page, issuing }) => {
  await using server = await startFakeVnc({ encoding: "zrle", fps: 10 });
  await open(page, issuing, { type: "vnc", target: server.address, instance: "vm-element" }, 50, 600, 600);
  await status(page, "vnc", "expiring");
  await expect(page.getByRole("region", { name: "End of the session" })).toContainText("This session ends in");
  await accessible(page);
  await takeScreenshots(page, "warning", "elements");
  await page.getByRole("button", { name: "Renew" }).click();
  await status(page, "vnc", "renewed");
  const announced = page
    .getByRole("status")
    .filter({ hasText: /Renewed\. This session now ends in (?:10|9) minutes\./ });
  await expect(announced).toHaveCount(1);
  expect(server.connections).toHaveLength(1);

  await issuing.gateway.admin.endSession((await issuing.gateway.sessionOf("vm-element")).id);
  await status(page, "vnc", "closed");
  await expect(page.getByRole("region", { name: "Ended by an operator" })).toContainText("session_terminated · 4005");
  await expect(page.locator("canvas")).toHaveCount(0);
  await accessible(page);
  await takeScreenshots(page, "end", "elements");
  await page.getByRole("button", { name: "Open again" }).click();
  await status(page, "vnc", "connected");

  await page.locator("canvas").first().focus();
  await page.keyboard.press("Control+Alt+Shift");
  await expect(page.getByRole("button", { name: "Send Ctrl + Alt + Del" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Ctrl + Alt + Del" })).toBeFocused();
  await accessible(page);
  await takeScreenshots(page, "toolbar-keys", "elements");
  await page.keyboard.press("Escape");
});

test("an element shows a serial console in a style sheet of its own, and ends on time", async ({ page, issuing }) => {
  await using server = await startFakeSerial();
  await open(page, issuing, { type: "serial", target: server.address }, 8, 600);
  await status(page, "serial", "closed");
  await expect(page.getByRole("region", { name: "Session expired" })).toBeVisible();
  await expect(page.locator(".xterm")).toHaveCount(0);
  await page.getByRole("button", { name: "Open again" }).click();
  await status(page, "serial", "connected");
  await expect(page.locator(".xterm-helper-textarea")).toHaveCSS("position", "absolute");
});

test("an element that is taken off the page ends its session", async ({ page, issuing }) => {
  await using server = await startFakeVnc();
  await open(page, issuing, { type: "vnc", target: server.address }, 600);
  await status(page, "vnc", "connected");
  const connection = await server.waitForConnection();
  await page.locator("curfew-vnc").evaluate((element) => element.remove());
  await connection.closed;
});
