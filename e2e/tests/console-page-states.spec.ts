import type { CloseReason, ServerCloseReason } from "@curfew/client";
import { CloseCode, closeAction, tokenSubprotocol } from "@curfew/protocol";
import { type FakeSerialServer, type FakeVncServer, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { giveUp, openWithViewer } from "../src/give-up.ts";
import { inspect, inspectFrozen, keepTimers } from "../src/inspect-page.ts";
import { type PageServer, startPageServer } from "../src/page-server.ts";
import { ScriptedGateway } from "../src/scripted-gateway.ts";

const token = "marker-token-4711";
const renewing = (url: URL): boolean => url.pathname === "/renew/web-03";
let server: PageServer;
let gateway: ScriptedGateway;
let vnc: FakeVncServer;
let serial: FakeSerialServer;

test.beforeAll(async () => {
  server = await startPageServer();
  vnc = await startFakeVnc({ size: { width: 1024, height: 768 }, name: "desktop" });
  serial = await startFakeSerial();
});
test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await vnc.close();
  await serial.close();
});

/** Every page in this file must stay within the policy and must not break. */
const faults: string[] = [];
test.beforeEach(({ page }) => {
  gateway = new ScriptedGateway(server);
  faults.length = 0;
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

function open(page: Page, query = "?name=web-03", path = "/console/"): Promise<unknown> {
  return page.goto(`${server.origin}${path}${query}#token=${token}`);
}

function state(page: Page, name: string): Promise<void> {
  return expect(page.locator("body")).toHaveAttribute("data-state", name);
}

function card(page: Page): Locator {
  return page.getByRole("main").locator("section");
}

test.describe("before a connection", () => {
  test("the token leaves the address at once and travels in the subprotocol list only", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    await page.goto(`${server.origin}/vnc_lite.html?path=%3Ftoken%3D${token}&title=web-03`);
    await state(page, "connected");
    expect(page.url()).toBe(`${server.origin}/vnc_lite.html?title=web-03`);
    expect(gateway.connections[0]?.path).toBe("/");
    expect(gateway.connections[0]?.protocols).toContain(tokenSubprotocol(token));
    expect(await page.content()).not.toContain(token);
  });

  test("a page without a token asks for a new link", async ({ page }) => {
    await page.goto(`${server.origin}/console/?type=vnc&name=web-03`);
    await state(page, "no-token");
    await expect(card(page).getByRole("heading")).toHaveText("A new link is needed");
    await inspect(page, "no-token");
  });

  test("a link to another host is refused with the host's name, and nothing is connected", async ({ page }) => {
    await page.goto(`${server.origin}/vnc.html?host=evil.example&token=${token}`);
    await state(page, "refused");
    await expect(card(page)).toContainText("points to the host “evil.example”");
    expect(gateway.connections).toHaveLength(0);
    expect(page.url()).not.toContain(token);
    await inspect(page, "refused");
  });

  test("connecting can be cancelled", async ({ page }) => {
    gateway.follow({ hello: null });
    await open(page);
    await state(page, "connecting");
    await inspect(page, "connecting");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(card(page)).toHaveAttribute("data-reason", "client_closed");
  });

  test("a console with a password asks for it, and opens with it", async ({ page }) => {
    await using guarded = await startFakeVnc({ password: "secret" });
    gateway.follow({ target: guarded.address });
    await open(page);
    await state(page, "credentials");
    await inspect(page, "credentials");
    await page.getByRole("textbox", { name: "Password" }).fill("secret");
    await page.getByRole("button", { name: "Connect" }).click();
    await state(page, "connected");
  });
});

test.describe("while connected", () => {
  test("VNC has its toolbar, usable by keyboard, and a way out of the console", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    await open(page);
    await state(page, "connected");
    await expect(page.locator("canvas")).toBeVisible();
    await expect(page.getByRole("timer").first()).toContainText("59 min left");
    await inspect(page, "connected-vnc");

    await page.keyboard.press("Control+Alt+Shift");
    await expect(page.getByRole("button", { name: "Send Ctrl + Alt + Del" })).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Ctrl + Alt + Del" })).toBeFocused();
    await inspect(page, "menu-keys");
    vnc.clearReceived();
    await page.keyboard.press("Enter");
    await vnc.waitFor("key", (key) => key.keysym === 0xffff);
    await expect(page.locator("canvas")).toBeFocused();
  });

  test("text is typed key by key", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    await open(page);
    await state(page, "connected");
    await page.getByRole("button", { name: "Text and clipboard" }).click();
    await inspect(page, "dialog-text-empty");
    await page.getByLabel("Text for the machine").fill("Zq");
    await inspect(page, "dialog-text");
    await page.getByRole("button", { name: "Type text" }).click();
    await vnc.waitFor("key", (key) => key.keysym === "q".charCodeAt(0));
  });

  test("serial has its own toolbar", async ({ page }) => {
    gateway.follow({ target: serial.address });
    await open(page, "?name=router-1", "/serial.html");
    await state(page, "connected");
    await expect(page.getByRole("toolbar")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save transcript" })).toBeVisible();
    await inspect(page, "connected-serial");
  });

  test("view only offers nothing that sends input", async ({ page }) => {
    gateway.follow({
      target: vnc.address,
      hello: { expiresInMs: null, renewable: false },
    });
    await open(page, "?name=web-03&view_only=1");
    await state(page, "connected");
    await expect(page.getByText("No time limit").first()).toBeVisible();
    await expect(page.getByRole("button", { name: /Send/ })).toHaveCount(0);
    await inspect(page, "connected-view-only-unlimited");
  });
});

test.describe("near the end", () => {
  test("a session that can be renewed is renewed in place", async ({ page }) => {
    const answers = [
      { status: 403, json: {} },
      { status: 200, json: { token: "second" } },
    ];
    await page.route(renewing, (route) => route.fulfill(answers.shift() ?? { status: 500 }));
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page, "?name=web-03&renew=/renew/web-03");
    await state(page, "connected");
    const connection = await opened;
    connection.send({ type: "expiring", expiresInMs: 58_000 });
    await state(page, "expiring");
    await expect(page.getByText(/^This session ends in 5\d seconds\.$/).first()).toBeVisible();
    await inspect(page, "expiring-renewable");

    await page.getByRole("button", { name: "Renew" }).click();
    await state(page, "renew-failed");
    await expect(page.getByText("You may not open this console any more.").first()).toBeVisible();
    await inspect(page, "renew-failed");

    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => connection.renewals).toEqual(["second"]);
    await state(page, "renewing");
    await inspect(page, "renewing");
    // Confirmations go away by themselves, so wait before there is something to see.
    const confirmation = page.getByRole("status").filter({ hasText: "Renewed." }).waitFor();
    connection.send({ type: "renewed", id: 1, expiresInMs: 1_800_000 });
    await confirmation;
    await state(page, "connected");
    await inspect(page, "renewed");
    expect(gateway.connections).toHaveLength(1);
  });

  test("without a place to renew at there is no Renew button", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page);
    await state(page, "connected");
    (await opened).send({ type: "expiring", expiresInMs: 240_000 });
    await state(page, "expiring");
    await expect(page.getByText("open the console again with a new link")).toBeVisible();
    await expect(page.getByRole("button", { name: "Renew" })).toHaveCount(0);
    await inspect(page, "expiring-needs-new-link");
    await page.getByRole("button", { name: "Hide" }).click();
    const banner = page.getByRole("region", { name: "End of the session" });
    await expect(banner).toBeHidden();
    (await opened).send({ type: "expiring", expiresInMs: 10_000 });
    await expect(banner).toContainText("This session ends in");
  });

  test("a lost connection comes back by itself, or at once on demand", async ({ page }) => {
    await keepTimers(page);
    await page.clock.install();
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page);
    await state(page, "connected");
    await page.clock.pauseAt(Date.now() + 3_600_000);
    gateway.follow({ refuse: "server_draining" });
    (await opened).end("server_draining");
    await state(page, "reconnecting");
    await inspectFrozen(page, "reconnecting");
    gateway.follow({ target: vnc.address });
    await page.getByRole("button", { name: "Try now" }).click();
    await page.clock.resume();
    await state(page, "connected");
  });
});

/** Title and next button of every end screen; null where no button can help. */
const endScreens: Record<CloseReason, readonly [title: string, button: string | null]> = {
  session_expired: ["Session expired", null],
  token_expired: ["This link has expired", null],
  token_invalid: ["This link is not valid", null],
  session_terminated: ["Ended by an operator", null],
  session_replaced: ["Opened somewhere else", "Open here again"],
  idle_timeout: ["Closed because it was idle", "Open again"],
  forbidden: ["Access not allowed", null],
  target_not_found: ["Machine not found", null],
  protocol_error: ["The gateway did not understand this page", null],
  server_draining: ["The gateway is restarting", "Try again"],
  server_busy: ["The gateway is busy", "Try again"],
  target_unreachable: ["Machine not reachable", "Try again"],
  target_closed: ["The machine closed its console", "Open again"],
  target_timeout: ["The machine did not answer", "Try again"],
  internal_error: ["The gateway had a fault", "Try again"],
  client_closed: ["Disconnected", "Open again"],
  connection_lost: ["Connection lost", "Try again"],
  connect_failed: ["No connection to the gateway", "Try again"],
  authorize_failed: ["Access not granted", "Try again"],
  viewer_failed: ["The console could not be shown", "Try again"],
  unknown: ["The session ended", "Open again"],
};

async function expectEnd(page: Page, reason: CloseReason): Promise<void> {
  const [title, button] = endScreens[reason];
  await state(page, "ended");
  await expect(card(page)).toHaveAttribute("data-reason", reason);
  await expect(card(page).getByRole("heading")).toHaveText(title);
  const buttons = card(page).getByRole("button", { name: /again/ });
  if (button === null) await expect(buttons).toHaveCount(0);
  else await expect(buttons).toHaveText(button);
  await expect(page.locator("canvas, .xterm, .screen")).toHaveCount(0);
  await expect(page.getByRole("toolbar")).toHaveCount(0);
  await inspect(page, `ended-${reason}`);
}

test.describe("the end screen", () => {
  for (const reason of Object.keys(CloseCode) as ServerCloseReason[]) {
    test(`for ${reason} says what happened and what to do`, async ({ page }) => {
      const retried = closeAction(CloseCode[reason]) === "retry";
      if (retried) await page.clock.install();
      gateway.follow({ target: vnc.address });
      const opened = gateway.next();
      await open(page);
      await state(page, "connected");
      gateway.follow({ refuse: reason });
      (await opened).end(reason);
      if (retried) await giveUp(page);
      await expectEnd(page, reason);
    });
  }

  test("for client_closed opens again with the same token", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    await open(page);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expectEnd(page, "client_closed");
    await page.getByRole("button", { name: "Open again" }).click();
    await state(page, "connected");
  });

  test("for connection_lost", async ({ page }) => {
    await page.clock.install();
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page);
    await state(page, "connected");
    gateway.follow({ target: vnc.address, closeWith: 1006 });
    (await opened).close(1006);
    await giveUp(page);
    await expectEnd(page, "connection_lost");
  });

  test("for connect_failed", async ({ page }) => {
    await page.clock.install();
    gateway.follow({ hello: null });
    await openWithViewer(page, () => open(page));
    await expect(async () => {
      // Each attempt waits in vain for the gateway's hello, and then for the next one.
      await page.clock.fastForward(160_000);
      await expect(page.locator("body")).toHaveAttribute("data-state", "ended", { timeout: 500 });
    }).toPass({ timeout: 40_000, intervals: [0] });
    await expectEnd(page, "connect_failed");
  });

  test("for authorize_failed, and then opens with the token that it got", async ({ page }) => {
    const answers = [{ status: 500 }, { status: 200, json: { token: "second" } }];
    await page.route(renewing, (route) => route.fulfill(answers.shift() ?? { status: 500 }));
    gateway.follow({ target: vnc.address });
    await page.goto(`${server.origin}/console/?name=web-03&renew=/renew/web-03`);
    await page.getByRole("button", { name: "Open console" }).click();
    await expectEnd(page, "authorize_failed");
    await page.getByRole("button", { name: "Try again" }).click();
    await state(page, "connected");
    expect(gateway.connections[0]?.protocols).toContain(tokenSubprotocol("second"));
  });

  test("for viewer_failed, when the machine's console turns the viewer away", async ({ page }) => {
    await using guarded = await startFakeVnc({ password: "secret" });
    gateway.follow({ target: guarded.address });
    await open(page);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Connect" }).click();
    await expectEnd(page, "viewer_failed");
    await expect(card(page)).not.toHaveAttribute("data-circumstance");
  });

  // noVNC is a chunk of its own, fetched by the SDK's.
  for (const script of ["rfb", "vnc"]) {
    test(`for viewer_failed, when the script ${script} does not load`, async ({ page }) => {
      await page.route(new RegExp(`/assets/${script}-.*\\.js`), (route) => route.abort());
      gateway.follow({ target: vnc.address });
      await open(page);
      await state(page, "ended");
      await expect(card(page)).toHaveAttribute("data-reason", "viewer_failed");
      await expect(card(page)).toHaveAttribute("data-circumstance", "viewer-missing");
      await expect(card(page).getByRole("heading")).toHaveText("The viewer did not load");
      await inspect(page, "ended-viewer_failed-missing");
    });
  }

  test("for unknown shows the code", async ({ page }) => {
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page);
    await state(page, "connected");
    (await opened).close(4999, "from_the_future");
    await expectEnd(page, "unknown");
    await expect(card(page)).toContainText("4999");
  });

  test("for session_expired opens again where the link says how", async ({ page }) => {
    await page.route(renewing, (route) => route.fulfill({ json: { token: "second" } }));
    gateway.follow({ target: vnc.address });
    const opened = gateway.next();
    await open(page, "?name=web-03&renew=/renew/web-03");
    await state(page, "connected");
    (await opened).end("session_expired");
    await state(page, "ended");
    await inspect(page, "ended-session_expired-renewable");
    await page.getByRole("button", { name: "Open again" }).click();
    await state(page, "connected");
    expect(gateway.connections.at(-1)?.protocols).toContain(tokenSubprotocol("second"));
  });
});
