import { type FakeVncServer, startFakeVnc } from "@curfew/testing";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { giveUp, openWithViewer } from "../src/give-up.ts";
import { inspect } from "../src/inspect-page.ts";
import { startKeyedVnc } from "../src/keyed-vnc.ts";
import { type PageServer, startPageServer } from "../src/page-server.ts";
import { ScriptedGateway } from "../src/scripted-gateway.ts";

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

function open(page: Page, query = "?name=web-03"): Promise<unknown> {
  return page.goto(`${server.origin}/console/${query}#token=first`);
}

function state(page: Page, name: string): Promise<void> {
  return expect(page.locator("body")).toHaveAttribute("data-state", name);
}

function card(page: Page): Locator {
  return page.getByRole("main").locator("section");
}

test("a machine's key is asked about before anything is shown", async ({ page }) => {
  await using guarded = await startKeyedVnc();
  gateway.follow({ target: guarded.address });
  await open(page);
  await state(page, "identity");
  await expect(card(page)).toContainText(/(?:[0-9a-f]{2}-){7}[0-9a-f]{2}/);
  await expect(card(page).getByRole("heading")).toBeFocused();
  await inspect(page, "identity");
  await page.getByRole("button", { name: "Go on" }).click();
  await state(page, "connecting");
  await guarded.trusted;
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  // Another session asks again.
  await state(page, "identity");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(card(page)).toHaveAttribute("data-reason", "client_closed");
});

test("a slow network is hinted at, and no more", async ({ page }) => {
  await page.clock.install();
  gateway.follow({ target: vnc.address, deaf: true });
  const opened = gateway.next();
  await open(page);
  await state(page, "connected");
  const connection = await opened;
  await page.clock.pauseAt(Date.now() + 60_000);
  await expect.poll(() => connection.pings.length).toBeGreaterThan(0);
  await page.clock.runFor(3_000);
  connection.send({ type: "pong", id: connection.pings.at(-1) ?? 0 });
  await expect(page.getByRole("status").filter({ hasText: "Unstable" })).toBeVisible();
  await page.clock.resume();
  await inspect(page, "connected-unstable");
  await expect(page.locator("canvas")).toBeVisible();
});

test("for connect_failed names what is in between, when plain requests get through", async ({ page }) => {
  await using proxied = await startPageServer();
  proxied.refusesWebSockets = true;
  await page.clock.install();
  await openWithViewer(page, () => page.goto(`${proxied.origin}/console/?name=web-03#token=first`));
  await giveUp(page);
  await expect(card(page).getByRole("heading")).toHaveText("The connection is blocked");
  await expect(card(page)).toHaveAttribute("data-reason", "connect_failed");
  await inspect(page, "ended-connect_failed-blocked");
});

test("a page whose script does not load says so", async ({ page }) => {
  await page.route(/\/assets\/.*\.js/, (route) => route.abort());
  await open(page);
  await expect(page.getByText("The console page did not load completely.")).toBeVisible();
  await inspect(page, "script-missing");
});

test("a browser without JavaScript is told that it is needed", async ({ browser }) => {
  await using context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await open(page);
  await expect(page.locator("noscript")).toBeVisible();
  await expect(page.getByText("did not load completely")).toBeHidden();
});

for (const language of ["de", "ja"]) {
  test(`long words fit in ${language}`, async ({ page }) => {
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page, `?name=datenbank-replikat-03.frankfurt.example.com&renew=/renew&lang=${language}`);
    await state(page, "connected");
    await inspect(page, `connected-${language}`);
    const connection = await opened;
    connection.send({ type: "expiring", expiresInMs: 58_000 });
    await state(page, "expiring");
    await inspect(page, `expiring-${language}`);
    connection.end("session_expired", "the session's time was over");
    await state(page, "ended");
    await inspect(page, `ended-session_expired-${language}`);
  });
}
