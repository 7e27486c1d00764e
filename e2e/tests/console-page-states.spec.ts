import type { CloseReason, ServerCloseReason } from "@curfew/client";
import { CloseCode, closeAction, tokenSubprotocol } from "@curfew/protocol";
import { startFakeVnc, type FakeSession } from "@curfew/testing";
import { ConsoleClock } from "@curfew/testing/playwright";
import type { Page } from "@playwright/test";
import { expect, type FakedConsolePage, test } from "../src/fixtures/console-page.ts";
import { giveUp, openWithViewer } from "../src/page-objects/reconnection.ts";
import { inspect, inspectFrozen, keepTimers } from "../src/audits/inspect-page.ts";

const renewing = (url: URL): boolean => url.pathname === "/renew/web-03";

test.describe("while connected", () => {
  test("VNC has its toolbar, usable by keyboard, and a way out of the console", async ({
    console,
    page,
    gateway,
    vnc,
  }) => {
    gateway.follow({ target: vnc });
    await console.openLink();
    await console.waitFor("connected");
    await expect(page.locator("canvas")).toBeVisible();
    await expect(page.getByRole("timer").first()).toContainText("59 minutes left");
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

  test("text is typed key by key", async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    await console.openLink();
    await console.waitFor("connected");
    await page.getByRole("button", { name: "Text and clipboard" }).click();
    await inspect(page, "dialog-text-empty");
    await page.getByLabel("Text for the machine").fill("Zq");
    await inspect(page, "dialog-text");
    await page.getByRole("button", { name: "Type text" }).click();
    await vnc.waitFor("key", (key) => key.keysym === "q".charCodeAt(0));
  });

  test("serial has its own toolbar", async ({ console, page, gateway, serial }) => {
    gateway.follow({ target: serial });
    await console.openLink("?name=router-1", "/serial.html");
    await console.waitFor("connected");
    await expect(page.getByRole("toolbar")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save transcript" })).toBeVisible();
    await inspect(page, "connected-serial");
  });

  test("view only offers nothing that sends input", async ({ console, page, gateway, vnc }) => {
    gateway.follow({
      target: vnc,
      expiresInMs: null,
      renewable: false,
    });
    await console.openLink("?name=web-03&view_only=1");
    await console.waitFor("connected");
    await expect(page.getByText("No time limit").first()).toBeVisible();
    await expect(page.getByRole("button", { name: /Send/ })).toHaveCount(0);
    await inspect(page, "connected-view-only-unlimited");
  });
});

test.describe("near the end", () => {
  test("a session that can be renewed is renewed in place", async ({ console, page, gateway, vnc }) => {
    const answers = [
      { status: 403, json: {} },
      { status: 200, json: { token: "second" } },
    ];
    await page.route(renewing, (route) => route.fulfill(answers.shift() ?? { status: 500 }));
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink("?name=web-03&renew=/renew/web-03");
    await console.waitFor("connected");
    const connection = await opened;
    connection.send({ type: "expiring", expiresInMs: 58_000 });
    await console.waitFor("expiring");
    await expect(page.getByText(/^This session ends in [1-5]?\d seconds\.$/).first()).toBeVisible();
    await inspect(page, "expiring-renewable");

    await page.getByRole("button", { name: "Renew" }).click();
    await console.waitFor("renew-failed");
    await expect(page.getByText("You are no longer allowed to open this console.").first()).toBeVisible();
    await inspect(page, "renew-failed");

    await page.getByRole("button", { name: "Try again" }).click();
    const { id, token: renewedWith } = await connection.waitFor("renew");
    expect(renewedWith).toBe("second");
    await console.waitFor("renewing");
    await inspect(page, "renewing");
    // Confirmations go away by themselves, so wait before there is something to see.
    const confirmation = page.getByRole("status").filter({ hasText: "Renewed." }).waitFor();
    connection.send({ type: "renewed", id, expiresInMs: 1_800_000 });
    await confirmation;
    await console.waitFor("connected");
    await inspect(page, "renewed");
    expect(gateway.sessions).toHaveLength(1);
  });

  test("without a place to renew at there is no Renew button", async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink();
    await console.waitFor("connected");
    (await opened).send({ type: "expiring", expiresInMs: 240_000 });
    await console.waitFor("expiring");
    await expect(page.getByText("open the console again with a new link")).toBeVisible();
    await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /^data:/);
    await expect(page.getByRole("button", { name: "Renew" })).toHaveCount(0);
    await inspect(page, "expiring-needs-new-link");
    await page.getByRole("button", { name: "Hide" }).click();
    const banner = page.getByRole("region", { name: "End of the session" });
    await expect(banner).toBeHidden();
    (await opened).send({ type: "expiring", expiresInMs: 10_000 });
    await expect(banner).toContainText("This session ends in");
  });

  test("a lost connection comes back by itself, or at once on demand", async ({ console, page, gateway, vnc }) => {
    await keepTimers(page);
    await page.clock.install();
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink();
    await console.waitFor("connected");
    await page.clock.pauseAt(Date.now() + 3_600_000);
    gateway.follow({ refuse: "server_draining" });
    (await opened).end("server_draining");
    await console.waitFor("reconnecting");
    await inspectFrozen(page, "reconnecting");
    gateway.follow({ target: vnc });
    await page.getByRole("button", { name: "Try now" }).click();
    await page.clock.resume();
    await console.waitFor("connected");
  });
});

/** Title and next button of every end screen; null where no button can help. */
const endScreens: Record<CloseReason, readonly [title: string, button: string | null]> = {
  session_expired: ["Session expired", null],
  token_expired: ["This link has expired", null],
  token_invalid: ["This link is not valid", null],
  console_moved: ["The console has moved", null],
  instance_deleted: ["Machine deleted", null],
  session_terminated: ["Ended by an operator", "Open again"],
  session_replaced: ["Opened somewhere else", "Open here again"],
  takeover_denied: ["The console is in use", "Ask again"],
  idle_timeout: ["Closed due to inactivity", "Open again"],
  forbidden: ["Access not allowed", null],
  origin_not_allowed: ["This site may not open consoles", null],
  target_not_found: ["Machine not found", null],
  target_untrusted: ["The machine could not be verified", null],
  target_security_failed: ["The gateway cannot use this console", null],
  protocol_error: ["The gateway did not understand this page", null],
  server_draining: ["The gateway is restarting", "Try again"],
  server_busy: ["The gateway is busy", "Try again"],
  target_unreachable: ["Machine not reachable", "Try again"],
  target_closed: ["The machine closed its console", "Open again"],
  target_timeout: ["The machine did not answer", "Try again"],
  lookup_failed: ["This link cannot be checked", "Try again"],
  internal_error: ["Error in the gateway", "Try again"],
  client_closed: ["Disconnected", "Open again"],
  connection_lost: ["Connection lost", "Try again"],
  connect_failed: ["No connection to the gateway", "Try again"],
  server_refused: ["The server closed the connection at once", null],
  access_expired: ["Your access ended while the connection was lost", null],
  authorize_failed: ["Access not granted", "Try again"],
  credentials_rejected: ["Sign-in failed", "Try again"],
  server_not_trusted: ["The machine’s identity was not confirmed", "Try again"],
  server_unsupported: ["This page does not support this console", null],
  viewer_load_failed: ["The viewer did not load", "Try again"],
  viewer_failed: ["The console could not be shown", "Try again"],
  unknown: ["The session ended", "Open again"],
};

/** The page asks whether the user is still there, and they are. */
async function answerIdleWarning(page: Page, session: FakeSession): Promise<void> {
  session.send({ type: "idle_warning", endsInMs: 60_000 });
  const banner = page.getByRole("region", { name: "End of the session" });
  await expect(banner).toContainText("Still there? This console closes in");
  await page.getByRole("button", { name: "I’m still here" }).click();
  await session.waitFor("still_here");
  session.send({ type: "idle_warning", endsInMs: null });
  await expect(banner).toBeHidden();
}

async function expectEnd(console: FakedConsolePage, reason: CloseReason): Promise<void> {
  const { card, page } = console;
  const [title, button] = endScreens[reason];
  await console.waitForEnd(reason);
  await expect(card.getByRole("heading")).toHaveText(title);
  // What screen readers say when the heading gets the focus.
  await expect(card.getByRole("heading")).toHaveAccessibleDescription(/\w+ \w+/);
  const buttons = card.getByRole("button", { name: /again/ });
  if (button === null) await expect(buttons).toHaveCount(0);
  else await expect(buttons).toHaveText(button);
  await expect(page.locator("canvas, .xterm, .screen")).toHaveCount(0);
  await expect(page.getByRole("toolbar")).toHaveCount(0);
  await inspect(page, `ended-${reason}`);
}

test.describe("the end screen", () => {
  for (const reason of Object.keys(CloseCode) as ServerCloseReason[]) {
    test(`for ${reason} says what happened and what to do`, async ({ console, page, gateway, vnc }) => {
      const retried = closeAction(CloseCode[reason]) === "retry";
      const clock = retried ? await ConsoleClock.install(page) : undefined;
      gateway.follow({ target: vnc });
      const opened = gateway.nextSession();
      await console.openLink();
      await console.waitFor("connected");
      gateway.follow({ refuse: reason });
      const session = await opened;
      if (reason === "idle_timeout") await answerIdleWarning(page, session);
      session.end(reason, undefined, reason === "session_terminated" ? "Maintenance until 14:00" : undefined);
      if (clock !== undefined) await giveUp(page, clock);
      await expectEnd(console, reason);
      const words = console.card.getByText("The operator wrote: “Maintenance until 14:00”");
      await expect(words).toHaveCount(reason === "session_terminated" ? 1 : 0);
    });
  }

  test("for client_closed opens again with the same token", async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    await console.openLink();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expectEnd(console, "client_closed");
    await page.getByRole("button", { name: "Open again" }).click();
    await console.waitFor("connected");
  });

  test("for connection_lost", async ({ console, page, gateway, vnc }) => {
    const clock = await ConsoleClock.install(page);
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink();
    await console.waitFor("connected");
    const hint = page.getByText("to leave the console");
    await expect(hint).toBeVisible();
    gateway.follow({ target: vnc, dropOnMessage: true });
    (await opened).drop();
    await console.waitFor("reconnecting");
    expect(await hint.count(), "the hint has gone with the console").toBe(0);
    await giveUp(page, clock);
    await expectEnd(console, "connection_lost");
  });

  test("for connect_failed", async ({ console, page, gateway }) => {
    await page.clock.install();
    gateway.follow({ hello: false });
    await openWithViewer(page, () => console.openLink());
    await expect(async () => {
      // Each attempt waits in vain for the gateway's hello, and then for the next one.
      await page.clock.fastForward(160_000);
      await expect(page.locator("body")).toHaveAttribute("data-state", "ended", { timeout: 500 });
    }).toPass({ timeout: 40_000, intervals: [0] });
    await expectEnd(console, "connect_failed");
  });

  test("for authorize_failed, and then opens with the token that it got", async ({ console, page, gateway, vnc }) => {
    const answers = [{ status: 500 }, { status: 200, json: { token: "second" } }];
    await page.route(renewing, (route) => route.fulfill(answers.shift() ?? { status: 500 }));
    gateway.follow({ target: vnc });
    await page.goto(`/console/?name=web-03&renew=/renew/web-03`);
    await page.getByRole("button", { name: "Open console" }).click();
    await expectEnd(console, "authorize_failed");
    await page.getByRole("button", { name: "Try again" }).click();
    await console.waitFor("connected");
    expect(gateway.sessions[0]?.offered).toContain(tokenSubprotocol("second"));
  });

  test("for credentials_rejected, when the same wrong password is given again", async ({ console, page, gateway }) => {
    await using guarded = await startFakeVnc({ password: "secret" });
    gateway.follow({ target: guarded });
    await console.openLink();
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Connect" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "did not accept that" })).toBeVisible();
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Connect" }).click();
    await expectEnd(console, "credentials_rejected");
    await expect(console.card).not.toHaveAttribute("data-circumstance");
  });

  // noVNC is a chunk of its own, fetched by the SDK's.
  for (const script of ["rfb", "vnc"]) {
    test(`for viewer_load_failed, when the script ${script} does not load`, async ({ console, page, gateway, vnc }) => {
      await page.route(new RegExp(`/assets/${script}-.*\\.js`), (route) => route.abort());
      gateway.follow({ target: vnc });
      await console.openLink();
      await console.waitFor("ended");
      await expect(console.card).toHaveAttribute("data-reason", "viewer_load_failed");
      await expect(console.card).toHaveAttribute("data-circumstance", "viewer-missing");
      await expect(console.card.getByRole("heading")).toHaveText("The viewer did not load");
      await inspect(page, "ended-viewer_load_failed");
    });
  }

  test("is none when a script of the viewer does not load at first", async ({ console, page, gateway, vnc }) => {
    const failed = new Set<string>();
    await page.route(/\/assets\/(rfb|vnc)-.*\.js/, (route) => {
      const url = route.request().url();
      if (failed.has(url)) return route.continue();
      failed.add(url);
      return route.abort();
    });
    gateway.follow({ target: vnc });
    await console.openLink();
    await console.waitFor("connected");
    expect(failed.size).toBe(2);
  });

  test("for unknown shows the code", async ({ console, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink();
    await console.waitFor("connected");
    (await opened).close(4999, "from_the_future");
    await expectEnd(console, "unknown");
    await expect(console.card).toContainText("4999");
  });

  test("for session_expired opens again where the link says how", async ({ console, page, gateway, vnc }) => {
    await page.route(renewing, (route) => route.fulfill({ json: { token: "second" } }));
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openLink("?name=web-03&renew=/renew/web-03");
    await console.waitFor("connected");
    (await opened).end("session_expired");
    await console.waitFor("ended");
    await inspect(page, "ended-session_expired-renewable");
    await page.getByRole("button", { name: "Open again" }).click();
    await console.waitFor("connected");
    expect(gateway.sessions.at(-1)?.offered).toContain(tokenSubprotocol("second"));
  });
});
