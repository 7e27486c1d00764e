import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { isDebianChromium } from "../../tools/setup/programs.ts";
import { expect, test } from "../src/console-page-test.ts";

const ownChrome = fileURLToPath(new URL("../src/own-chrome.css", import.meta.url));

/** Other browsers, and other builds of this one, draw letters and edges differently. */
test.skip(!isDebianChromium(), "pictures are compared in Debian's Chromium for amd64 only");

/** So that the times on the page are always the same. */
test.use({ locale: "en-US", timezoneId: "UTC" });
test.beforeEach(({ page }) => page.clock.install({ time: new Date("2026-01-02T09:00:00Z") }));

const looks = [
  { name: "wide-light", viewport: { width: 1280, height: 720 }, colorScheme: "light" },
  { name: "narrow-dark", viewport: { width: 360, height: 640 }, colorScheme: "dark" },
] as const;

/** Compares the page with the pictures in `e2e/looks/`, in each of the {@link looks}. */
async function expectLook(page: Page, state: string, shown: Locator): Promise<void> {
  for (const { name, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(shown).toBeVisible();
    await expect(page).toHaveScreenshot(`${state}-${name}.png`, {
      stylePath: ownChrome,
      maxDiffPixels: 40,
    });
  }
}

test("connecting", async ({ console, page, gateway }) => {
  gateway.follow({ hello: null });
  await console.openLink();
  await page.clock.pauseAt("2026-01-02T09:00:10Z");
  await expectLook(page, "connecting", page.getByText("Waiting for the machine’s console."));
});

const hello = { expiresInMs: 45 * 60_000, renewable: true };

test("the bar and the menu of keys of a VNC console", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc.address, hello });
  await console.openConnected("vnc");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  await expectLook(page, "connected-vnc", page.getByText("39 min left"));
  await page.getByRole("button", { name: "Send keys" }).click();
  await expectLook(page, "menu-keys", page.getByRole("menu"));
});

test("the bar of a serial console, and its search", async ({ console, page, gateway, serial }) => {
  gateway.follow({ target: serial.address, hello });
  await console.openConnected("serial");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  await expectLook(page, "connected-serial", page.getByText("39 min left"));
  await page.getByRole("button", { name: "Search" }).click();
  await expectLook(page, "search", page.getByRole("search"));
});

for (const [dialog, open] of [
  ["settings", "Settings"],
  ["help", /^Keys and gestures/],
] as const) {
  test(`the dialog ${dialog}`, async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc.address, hello });
    await console.openConnected("vnc");
    await page.clock.pauseAt("2026-01-02T09:05:30Z");
    await console.chooseMore(open);
    await expectLook(page, `dialog-${dialog}`, page.getByRole("dialog"));
  });
}

test("the warning before the end", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc.address, hello });
  const opened = gateway.next();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  (await opened).send({ type: "expiring", expiresInMs: 58_000 });
  await expectLook(page, "expiring", page.getByText("This session ends in 58 seconds.").first());
});

test("waiting for the next attempt", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc.address });
  const opened = gateway.next();
  await console.openConnected("vnc");
  await page.clock.pauseAt("2026-01-02T09:05:30Z");
  (await opened).end("server_draining");
  await expectLook(page, "reconnecting", page.getByRole("button", { name: "Try now" }));
});

test("the end", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc.address });
  const opened = gateway.next();
  await console.openConnected("vnc", "&renew=/renew/web-03");
  await page.clock.pauseAt("2026-01-02T09:42:00Z");
  (await opened).end("session_expired");
  await expectLook(page, "ended", page.getByRole("button", { name: "Open again" }));
});
