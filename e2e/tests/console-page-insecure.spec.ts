import { type FakeVncServer, startFakeVnc } from "@curfew/testing";
import { expect, test, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { inspect } from "../src/inspect-page.ts";
import { startKeyedVnc } from "../src/keyed-vnc.ts";
import { type PageServer, startPageServer } from "../src/page-server.ts";
import { ScriptedGateway } from "../src/scripted-gateway.ts";

// Browsers trust plain HTTP from loopback, unless it has another name.
const host = "gateway.test";
const { args = [], ...launchOptions } = config.use?.launchOptions ?? {};
test.use({ launchOptions: { ...launchOptions, args: [...args, `--host-resolver-rules=MAP ${host} 127.0.0.1`] } });

let server: PageServer;
let gateway: ScriptedGateway;
let vnc: FakeVncServer;

test.beforeAll(async () => {
  server = await startPageServer();
  vnc = await startFakeVnc();
});
test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await vnc.close();
});
test.beforeEach(() => {
  gateway = new ScriptedGateway(server);
});

async function open(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/console/?type=vnc&name=web-03#token=first`);
}

const elsewhere = (): string => server.origin.replace("127.0.0.1", host);

test("plain HTTP from another host is named in the bar, and the console works", async ({ page }) => {
  gateway.follow({ target: vnc.address });
  await open(page, elsewhere());
  await expect(page.locator("body")).toHaveAttribute("data-state", "connected");
  await expect(page.getByRole("banner").getByText("Not secure")).toBeVisible();
  await inspect(page, "connected-insecure");

  await page.goto("about:blank");
  await open(page, server.origin);
  await expect(page.locator("body")).toHaveAttribute("data-state", "connected");
  await expect(page.getByRole("banner").getByText("Not secure")).toHaveCount(0);
});

test("a machine that needs more than plain HTTP gives ends with the way out", async ({ page }) => {
  await using keyed = await startKeyedVnc();
  gateway.follow({ target: keyed.address });
  await open(page, elsewhere());
  await expect(page.locator("body")).toHaveAttribute("data-state", "ended");
  const card = page.getByRole("main").locator("section");
  await expect(card).toHaveAttribute("data-reason", "viewer_failed");
  await expect(card).toHaveAttribute("data-circumstance", "insecure");
  await expect(card).toContainText("Open the console through an https:// address.");
  await inspect(page, "ended-viewer_failed-insecure");
});
