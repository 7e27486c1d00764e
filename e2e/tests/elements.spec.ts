import { AxeBuilder } from "@axe-core/playwright";
import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import { type Page, expect, test } from "@playwright/test";
import { startBundledPage } from "../src/bundled-page.ts";
import { GatewayProcess, type IssueRequest } from "../src/gateway.ts";
import { takePictures } from "../src/console-page-pictures.ts";
import type { WebServer } from "../src/web-server.ts";

let site: WebServer;
let gateway: GatewayProcess;

test.beforeAll(async () => {
  site = await startBundledPage("element");
  gateway = await GatewayProcess.start({
    console: { allowed_origins: [site.origin] },
    sessions: { warn_before: [55] },
  });
});
test.afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

/** Opens the page with an element whose tokens come from the gateway's operator, with these times to live in order. */
async function open(page: Page, request: Omit<IssueRequest, "ttl">, ...ttls: number[]): Promise<void> {
  await page.exposeFunction("issueToken", async () => {
    const ttl = ttls.shift();
    if (ttl === undefined) throw new Error("no more tokens");
    return (await gateway.issue({ ...request, ttl })).token;
  });
  await page.goto(`${site.origin}/?type=${request.type}&gateway=${encodeURIComponent(gateway.socketUrl)}`);
}

const status = (page: Page, type: "vnc" | "serial", expected: string): Promise<void> =>
  expect(page.locator(`curfew-${type}`)).toHaveAttribute("status", expected);

async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
}

test("an element shows a VNC console, warns, renews, and says that an operator ended it", async ({ page }) => {
  await using server = await startFakeVnc({ encoding: "zrle", fps: 10 });
  await open(page, { type: "vnc", target: server.address }, 50, 600, 600);
  await status(page, "vnc", "expiring");
  await expect(page.getByRole("region", { name: "End of the session" })).toContainText("This session ends in");
  await accessible(page);
  await takePictures(page, "warning", "elements");
  await page.getByRole("button", { name: "Renew" }).click();
  await status(page, "vnc", "renewed");
  await expect(page.getByRole("status")).toContainText("Renewed. This session now ends in 10 minutes.");
  expect(server.connections).toHaveLength(1);

  const [session] = await gateway.sessions();
  await gateway.endSession(session?.id ?? "");
  await status(page, "vnc", "closed");
  await expect(page.getByRole("region", { name: "Ended by an operator" })).toContainText("session_terminated · 4005");
  await expect(page.locator("canvas")).toHaveCount(0);
  await accessible(page);
  await takePictures(page, "end", "elements");
  await page.getByRole("button", { name: "Try again" }).click();
  await status(page, "vnc", "connected");
});

test("an element shows a serial console in a style sheet of its own, and ends on time", async ({ page }) => {
  await using server = await startFakeSerial();
  await open(page, { type: "serial", target: server.address }, 4, 600);
  await expect(page.locator(".xterm-helper-textarea")).toHaveCSS("position", "absolute");
  await status(page, "serial", "closed");
  await expect(page.getByRole("region", { name: "Session expired" })).toBeVisible();
  await expect(page.locator(".xterm")).toHaveCount(0);
  await page.getByRole("button", { name: "Open again" }).click();
  await status(page, "serial", "connected");
});

test("an element that is taken off the page ends its session", async ({ page }) => {
  await using server = await startFakeVnc();
  await open(page, { type: "vnc", target: server.address }, 600);
  await status(page, "vnc", "connected");
  const connection = await server.waitForConnection();
  await page.locator("curfew-vnc").evaluate((element) => element.remove());
  await connection.closed;
});
