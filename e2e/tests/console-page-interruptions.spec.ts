import { startFakeVnc } from "@curfew/testing";
import type { Locator } from "@playwright/test";
import { tokenSubprotocol } from "@curfew/protocol";
import { expect, test } from "../src/fixtures/console-page.ts";
import { startKeyedVnc } from "../src/servers/keyed-vnc.ts";

const renewing = (url: URL): boolean => url.pathname === "/renew/web-03";

/** Makes sure that what is shown by then is something else than what is shown now. */
async function expectAnother(shown: Locator, interrupt: () => Promise<void>): Promise<void> {
  await shown.evaluate((node) => {
    (node as HTMLElement).dataset["old"] = "";
  });
  await interrupt();
  await expect(shown).toHaveCount(1);
  await expect(shown).not.toHaveAttribute("data-old");
}

test("a password is asked for by the connection that wants it, and by no other", async ({ console, page, gateway }) => {
  await using guarded = await startFakeVnc({ password: "secret" });
  gateway.follow({ target: guarded });
  const opened = gateway.nextSession();
  await console.openLink();
  await expectAnother(page.locator("dialog"), async () => (await opened).drop());
  await console.waitFor("credentials");
  await page.getByRole("textbox", { name: "Password" }).fill("secret");
  await page.getByRole("button", { name: "Connect" }).click();
  await console.waitFor("connected");
  await expect(page.locator("dialog")).toHaveCount(0);
});

test("so is a machine's key", async ({ console, page, gateway }) => {
  await using guarded = await startKeyedVnc();
  gateway.follow({ target: guarded });
  const opened = gateway.nextSession();
  await console.openLink();
  await console.waitFor("identity");
  gateway.follow({ hello: false });
  const silent = gateway.nextSession();
  (await opened).drop();
  // The page has withdrawn the question by then.
  await silent;
  await console.waitFor("connecting");
  await expect(console.card).toContainText("Waiting for the machine’s console.");
  gateway.follow({ target: guarded });
  (await silent).drop();
  await console.waitFor("identity");
  await page.getByRole("button", { name: "Continue" }).click();
  await guarded.trusted;
});

test("a renewal leaves the keyboard focus elsewhere on the page", async ({ console, page, gateway, serial }) => {
  gateway.follow({ target: serial });
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await page.route(renewing, async (route) => {
    await answered;
    await route.fulfill({ json: { token: "second" } });
  });
  const opened = gateway.nextSession();
  await console.openConnected("serial", "&renew=/renew/web-03");
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 50_000 });
  await page.getByRole("button", { name: "Renew" }).click();
  await page.keyboard.press("Control+Shift+F");
  const search = page.getByRole("searchbox");
  await search.pressSequentially("log");
  answer();
  const { id, token: renewedWith } = await connection.waitFor("renew");
  expect(renewedWith).toBe("second");
  connection.send({ type: "renewed", id, expiresInMs: 600_000 });
  await console.waitFor("connected");
  await expect(search).toBeFocused();
});

test("a renewal that fails long before the end says so, and is forgotten at the warning", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc });
  await page.route(renewing, (route) => route.fulfill({ status: 403 }));
  const opened = gateway.nextSession();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  await console.goToBar();
  await page.keyboard.press("r");
  await expect(
    page.getByRole("status").filter({ hasText: "You are no longer allowed to open this console." }),
  ).toBeVisible();
  (await opened).send({ type: "expiring", expiresInMs: 50_000 });
  await console.waitFor("expiring");
});

test("without a place to renew at, the key says that there is none", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  await console.goToBar();
  await page.keyboard.press("r");
  await expect(page.getByText("This link does not specify where to request a new token.")).toBeVisible();
});

test("asking for access can be cancelled, and begun again", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  const tokens = ["first", "second"];
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<void>();
  const { promise: late, resolve: answeredLate } = Promise.withResolvers<void>();
  await page.route(renewing, async (route) => {
    const token = tokens.shift();
    if (token === "first") await cancelled;
    // The page may be gone by now.
    await route.fulfill({ json: { token } }).catch(() => {});
    if (token === "first") answeredLate();
  });
  await page.goto("/console/?name=web-03&renew=/renew/web-03");
  await page.getByRole("button", { name: "Open console" }).click();
  await expect(console.card).toContainText("Requesting new access");
  await page.getByRole("button", { name: "Cancel" }).click();
  await console.waitFor("no-token");
  cancel();
  await late;
  await page.getByRole("button", { name: "Open console" }).click();
  await console.waitFor("connected");
  expect(gateway.sessions.map(({ offered }) => offered.includes(tokenSubprotocol("second")))).toEqual([true]);
});

test.describe("a link that is pasted over an open console", () => {
  test.beforeEach(async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    await console.openConnected("vnc");
    // Browsers ask only on pages that have received input.
    await page.locator("canvas").click();
  });

  test("opens its console once the user agrees to leave", async ({ console, page, gateway }) => {
    page.on("dialog", (dialog) => void dialog.accept());
    const opened = gateway.nextSession();
    // Its page goes before it has answered.
    void page.evaluate(() => (location.hash = "#token=pasted")).catch(() => {});
    expect((await opened).offered).toContain(tokenSubprotocol("pasted"));
    await console.waitFor("connected");
    expect(page.url()).not.toContain("pasted");
  });

  test("leaves nothing of its token in the address if the user stays", async ({ console, page }) => {
    page.on("dialog", (dialog) => void dialog.dismiss());
    await page.evaluate(() => (location.hash = "#token=pasted"));
    await expect.poll(() => page.url()).not.toContain("pasted");
    await console.waitFor("connected");
  });
});

test("a machine that tells its own name is called by it", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  await console.openLink("?type=vnc");
  await console.waitFor("connected");
  await expect(page).toHaveTitle("desktop");
  await expect(page.getByRole("region", { name: "Console of desktop" })).toBeVisible();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page).toHaveTitle(/ – desktop$/);
});
