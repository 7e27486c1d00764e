import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/console-page.ts";

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

const shown = (page: Page): Promise<string | undefined> => page.evaluate(() => document.fullscreenElement?.localName);

test("full screen takes the whole page, Escape goes to the machine, and the same button leaves", async ({
  console,
  page,
  vnc,
}) => {
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(() => shown(page)).toBe("html");
  await expect(page.getByRole("banner")).toBeVisible();
  await expect(page.locator("canvas")).toBeFocused();
  await page.keyboard.press("Escape");
  await vnc.waitFor("key", ({ keysym, down }) => keysym === 0xff1b && down);
  expect(await shown(page)).toBe("html");
  await page.getByRole("button", { name: "Exit full screen" }).click();
  await expect.poll(() => shown(page)).toBeUndefined();
  await expect(page.getByRole("button", { name: "Full screen" })).toBeVisible();
});

test("full screen ends with the session, and so does its hold on the keyboard", async ({ console, page, gateway }) => {
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(() => shown(page)).toBe("html");
  (await opened).end("session_expired");
  await console.waitFor("ended");
  await expect.poll(() => shown(page)).toBeUndefined();
});

test("full screen locks the keyboard where the browser can", async ({ console, page }) => {
  await page.addInitScript(() => {
    const locks: string[] = [];
    const lock = (): Promise<void> => {
      locks.push(document.fullscreenElement?.localName ?? "too early");
      return Promise.reject(new DOMException("no lock", "NotSupportedError"));
    };
    Object.assign(globalThis, { locks });
    Object.defineProperty(navigator, "keyboard", { value: { lock } });
  });
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { locks: string[] }).locks)).toEqual(["html"]);
  await expect(page.getByText("The browser did not allow full screen.")).toHaveCount(0);
});

test("a browser that refuses full screen is told of", async ({ console, page }) => {
  await page.addInitScript(() => {
    Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("refused"));
  });
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect(page.getByText("The browser did not allow full screen.")).toBeVisible();
});
