import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { isDebianChromium } from "../../tools/setup/programs.ts";
import { expect, test } from "../src/fixtures/console-page.ts";
import { openWithViewer } from "../src/page-objects/reconnection.ts";

const hideConsole = fileURLToPath(new URL("../src/screenshots/hide-console.css", import.meta.url));

/** Other browsers, and other builds of this one, draw letters and edges differently. */
test.skip(!isDebianChromium(), "screenshots are compared in Debian's Chromium for amd64 only");

/** Keeps the times on the page the same. */
test.use({ locale: "en-US", timezoneId: "UTC" });
test.beforeEach(({ page }) => page.clock.install({ time: new Date("2026-01-02T09:00:00Z") }));

const displays = [
  { name: "wide-light", viewport: { width: 1280, height: 720 }, colorScheme: "light" },
  { name: "narrow-dark", viewport: { width: 360, height: 640 }, colorScheme: "dark" },
] as const;

/** Compares the page with the screenshots in `e2e/screenshots/`, on each of the {@link displays}. */
async function expectScreenshot(page: Page, state: string, shown: Locator): Promise<void> {
  for (const { name, viewport, colorScheme } of displays) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(shown).toBeVisible();
    await expect(page).toHaveScreenshot(`${state}-${name}.png`, {
      stylePath: hideConsole,
      maxDiffPixels: 40,
    });
  }
}

test("connecting", async ({ console, page, gateway }) => {
  gateway.follow({ hello: false });
  await openWithViewer(page, () => console.openLink());
  const waiting = page.getByText("Waiting for the machine’s console.");
  await expect(waiting).toBeVisible();
  // Late enough for a busy machine, and before the page gives up waiting.
  await page.clock.pauseAt("2026-01-02T09:00:28Z");
  await expectScreenshot(page, "connecting", waiting);
});

const expiresInMs = 45 * 60_000;

test("the bar and the menu of keys of a VNC console", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc, expiresInMs });
  await console.openConnected("vnc");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  await expectScreenshot(page, "connected-vnc", page.getByText("39 min", { exact: true }));
  await page.getByRole("button", { name: "Send keys" }).click();
  await expectScreenshot(page, "menu-keys", page.getByRole("menu"));
});

test("the bar of a serial console, and its search", async ({ console, page, gateway, serial }) => {
  gateway.follow({ target: serial, expiresInMs });
  await console.openConnected("serial");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  await expectScreenshot(page, "connected-serial", page.getByText("39 min", { exact: true }));
  await page.getByRole("button", { name: "Search" }).click();
  await expectScreenshot(page, "search", page.getByRole("search"));
});

for (const [dialog, open] of [
  ["settings", "Settings"],
  ["help", /^Keys and gestures/],
] as const) {
  test(`the dialog ${dialog}`, async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc, expiresInMs });
    await console.openConnected("vnc");
    await page.clock.pauseAt("2026-01-02T09:05:30Z");
    await console.chooseMore(open);
    const shown = page.getByRole("dialog");
    await expect(shown.getByRole("heading", { level: 2 })).toBeInViewport();
    await expectScreenshot(page, `dialog-${dialog}`, shown);
  });
}

test("the warning before the end", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc, expiresInMs });
  const opened = gateway.nextSession();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  (await opened).send({ type: "expiring", expiresInMs: 58_000 });
  await expectScreenshot(page, "expiring", page.getByText("This session ends in 58 seconds.").first());
});

test("waiting for the next attempt", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  (await opened).end("server_draining");
  await expectScreenshot(page, "reconnecting", page.getByRole("button", { name: "Try now" }));
});

test("the end", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  const opened = gateway.nextSession();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  await page.clock.pauseAt("2026-01-02T09:42:00Z");
  (await opened).end("session_expired");
  await expectScreenshot(page, "ended", page.getByRole("button", { name: "Open again" }));
});
