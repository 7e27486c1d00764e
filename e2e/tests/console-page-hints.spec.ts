import { tokenSubprotocol } from "@curfew/protocol";
import { ConsoleClock } from "@curfew/testing/playwright";
import type { Page } from "@playwright/test";
import { expect, FakedConsolePage, test, token } from "../src/fixtures/console-page.ts";
import { takeScreenshot } from "../src/screenshots/take-screenshots.ts";
import { giveUp, openWithViewer } from "../src/page-objects/reconnection.ts";
import { expectNoSidewaysScrolling, inspect, inspectFrozen, keepTimers } from "../src/audits/inspect-page.ts";
import { startKeyedVnc } from "../src/servers/keyed-vnc.ts";

test("a machine's key is asked about before anything is shown", async ({ console, page, gateway }) => {
  await using guarded = await startKeyedVnc();
  gateway.follow({ target: guarded });
  await console.openLink();
  await console.waitFor("identity");
  await expect(console.card).toContainText(/(?:[0-9a-f]{2}-){7}[0-9a-f]{2}/);
  await expect(console.card.getByRole("heading")).toBeFocused();
  await inspect(page, "identity");
  await page.getByRole("button", { name: "Continue" }).click();
  await console.waitFor("connecting");
  await guarded.trusted;
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  // Another session asks again.
  await console.waitFor("identity");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(console.card).toHaveAttribute("data-reason", "client_closed");
});

test("a silent gateway is hinted at, until it answers in time", async ({ console, page, gateway, vnc }) => {
  await keepTimers(page);
  await page.clock.install();
  gateway.follow({ target: vnc, pong: false });
  const opened = gateway.nextSession();
  await console.openLink();
  await console.waitFor("connected");
  const connection = await opened;
  const hint = page.getByRole("status").filter({ hasText: "Unstable" });
  await page.clock.pauseAt(Date.now() + 60_000);
  await expect.poll(() => connection.received("ping")).toHaveLength(1);
  await page.clock.runFor(1_499);
  await expect(hint).toHaveCount(0);
  await page.clock.runFor(1);
  await expect(hint).toBeVisible();
  await expect(page.locator("canvas")).toBeVisible();
  await inspectFrozen(page, "connected-unstable");

  // A late answer does not make the network good; one in time does.
  await page.clock.runFor(100);
  connection.send({ type: "pong", id: connection.received("ping")[0]?.id ?? 0 });
  await expect(async () => {
    await page.clock.runFor(100);
    expect(connection.received("ping")).toHaveLength(2);
  }).toPass({ intervals: [0] });
  await expect(hint).toBeVisible();
  connection.send({ type: "pong", id: connection.received("ping")[1]?.id ?? 0 });
  await expect(hint).toHaveCount(0);
});

test("a machine that is away is tried with new access, where the link says where to get it", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  const answers = [
    { status: 403, json: {} },
    { status: 200, json: { token: "second" } },
  ];
  await page.route(
    (url) => url.pathname === "/renew/web-03",
    (route) => route.fulfill(answers.shift() ?? { status: 500 }),
  );
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  gateway.follow({ refuse: "target_unreachable" });
  (await opened).end("target_closed");
  await console.waitFor("reconnecting");
  const newAccess = page.getByRole("button", { name: "Get new access" });
  await newAccess.click();
  await expect(page.getByText("You are no longer allowed to open this console.")).toBeVisible();
  await inspect(page, "reconnecting-renewable");
  await newAccess.click();
  const tried = (): boolean => gateway.sessions.some(({ offered }) => offered.includes(tokenSubprotocol("second")));
  await expect.poll(tried).toBe(true);
  gateway.follow({ target: vnc });
  await console.tryNow();
});

test("for connect_failed names what is in between, when plain requests get through", async ({
  console,
  page,
  gateway,
}) => {
  gateway.refuse("connect_failed");
  const clock = await ConsoleClock.install(page);
  await openWithViewer(page, () => console.openLink());
  // After the first attempt already; the others go on.
  await expect(console.card.getByRole("heading")).toHaveText("The connection is blocked");
  await expect(page.locator("body")).toHaveAttribute("data-state", /^(?:re)?connecting$/);
  await giveUp(page, clock);
  await expect(console.card.getByRole("heading")).toHaveText("The connection is blocked");
  await expect(console.card).toHaveAttribute("data-reason", "connect_failed");
  await inspect(page, "ended-connect_failed-blocked");
});

test("for connect_failed blames nothing in between when plain requests fail, too", async ({
  console,
  page,
  gateway,
}) => {
  gateway.refuse("connect_failed");
  const clock = await ConsoleClock.install(page);
  await openWithViewer(page, () => console.openLink());
  const asked = page.waitForRequest((request) => request.method() === "HEAD");
  await page.route("/console/", (route) => route.abort());
  await giveUp(page, clock);
  await (await asked).response();
  await expect(console.card).toHaveAttribute("data-reason", "connect_failed");
  await expect(console.card).not.toHaveAttribute("data-circumstance");
});

test("a page whose script does not load says so", async ({ console, page }) => {
  await page.route(/\/assets\/.*\.js/, (route) => route.abort());
  await console.openLink();
  await expect(page.getByText("The console page did not load completely.")).toBeVisible();
  await inspect(page, "script-missing");
});

test.describe("a browser without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("is told that it is needed", async ({ console, page }) => {
    await console.openLink();
    await expect(page.locator("noscript")).toBeVisible();
    await expect(page.getByText("did not load completely")).toBeHidden();
  });
});

for (const language of ["de", "ja"]) {
  test(`long words fit in ${language}`, async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink(`?name=datenbank-replikat-03.frankfurt.example.com&renew=/renew&lang=${language}`);
    await console.waitFor("connected");
    await inspect(page, `connected-${language}`);
    const connection = await opened;
    connection.send({ type: "expiring", expiresInMs: 58_000 });
    await console.waitFor("expiring");
    await inspect(page, `expiring-${language}`);
    connection.end("session_expired", "the session's time was over");
    await console.waitFor("ended");
    await inspect(page, `ended-session_expired-${language}`);
  });
}

test("a refused renewal is told in the page's language, the gateway's English words left out", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  await page.route("/renew", (route) => route.fulfill({ json: { token: "second" } }));
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openLink("?name=web-03&renew=/renew&lang=de");
  await console.waitFor("connected");
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 58_000 });
  await page.getByRole("button", { name: "Verlängern", exact: true }).click();
  const { id, token: renewedWith } = await connection.waitFor("renew");
  expect(renewedWith).toBe("second");
  connection.send({ type: "renew_failed", id, reason: "forbidden", detail: "the token is for another console" });
  await console.waitFor("renew-failed");
  const told = "Der neue Zugang wurde nicht akzeptiert.";
  await expect(page.getByRole("region", { name: "Ende der Sitzung" })).toContainText(told);
  await expect(page.getByRole("alert")).toContainText(told);
  await expect(page.getByText("another console")).toHaveCount(0);
});

test("the machine's name stays readable in a narrow frame, where the word of the state gives way and the time stays", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openLink("?name=datenbank-replikat-03.frankfurt.example.com&lang=fr");
  await console.waitFor("connected");
  (await opened).send({ type: "expiring", expiresInMs: 125_000 });
  await console.waitFor("expiring");
  // One countdown at a time: the banner's, and without it the bar's.
  await expect(page.locator(".time")).toBeHidden();
  await page.getByRole("button", { name: "Masquer" }).click();
  for (const width of [300, 420, 680, 760]) {
    await page.setViewportSize({ width, height: 600 });
    await takeScreenshot(page, "narrow-bar", width, "light");
    const spare = (): Promise<number> =>
      page.locator(".bar-name").evaluate((name) => {
        const range = document.createRange();
        const text = name.firstElementChild?.firstChild;
        if (!text) throw new Error("no name");
        range.setStart(text, 0);
        range.setEnd(text, 8);
        return name.clientWidth - range.getBoundingClientRect().width;
      });
    await expect.poll(spare, `${width} pixels wide`).toBeGreaterThan(0);
    await expectNoSidewaysScrolling(page, "the narrow bar");
    await expect(page.locator(".time-words")).toBeInViewport({ ratio: 1 });
    await expect(page.locator(".time-words")).toHaveText(/^\d:\d\d$/);
  }
});

test("the ring of a session that is opened again is full, however long the one before was", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  const ring = (): Promise<number> =>
    page.locator(".time .ring").evaluate((node) => Number.parseFloat(getComputedStyle(node).strokeDashoffset));
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  await expect.poll(ring).toBeLessThan(1);
  await page.getByRole("button", { name: "Disconnect" }).click();
  gateway.follow({ target: vnc, expiresInMs: 900_000 });
  await page.getByRole("button", { name: "Open again" }).click();
  await console.waitFor("connected");
  await expect.poll(ring).toBeLessThan(1);
});

test.describe("after the end", () => {
  /** Opens a console in a tab of its own, as a link or a dashboard does, and ends it there. */
  async function endInOwnTab(page: Page): Promise<FakedConsolePage> {
    await page.goto("/console/");
    const opening = page.context().waitForEvent("page");
    await page.evaluate((token) => void open(`/console/?type=vnc#token=${token}`), token);
    const tab = new FakedConsolePage(await opening);
    await tab.page.getByRole("button", { name: "Disconnect" }).click();
    await tab.waitForEnd("client_closed");
    return tab;
  }

  test("a tab of the console's own can be closed", async ({ page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    const tab = await endInOwnTab(page);
    await inspect(tab.page, "ended-own-tab");
    const closed = tab.page.waitForEvent("close");
    // Nothing is left that could tell that the click was done.
    await Promise.all([closed, tab.page.getByRole("button", { name: "Close tab" }).click({ noWaitAfter: true })]);
  });

  test("a browser that does not close the tab is named", async ({ page, context, gateway, vnc }) => {
    await context.addInitScript(() => {
      window.close = () => {};
    });
    gateway.follow({ target: vnc });
    const tab = await endInOwnTab(page);
    await tab.page.getByRole("button", { name: "Close tab" }).click();
    await expect(tab.page.getByText("The browser did not allow this page to close its tab.")).toBeVisible();
  });

  test("a tab that showed other pages before is left to the user", async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    await console.openConnected("vnc");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await console.waitForEnd("client_closed");
    await expect(page.getByRole("button", { name: "Close tab" })).toHaveCount(0);
  });
});
