import type { ConsoleClock } from "@curfew/testing/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * Opens the page by `open`, and waits until its VNC viewer's script has run. Before that, time that
 * passes counts against the script.
 */
export async function openWithViewer(page: Page, open: () => Promise<unknown>): Promise<void> {
  const [response] = await Promise.all([page.waitForResponse(/\/assets\/rfb-.*\.js/), open()]);
  await page.evaluate(async (url) => {
    await import(url);
  }, response.url());
}

/**
 * Has the page's clock jump past the five minutes for which it connects again, until it has given up. The clock stands
 * still between the jumps: an attempt takes real time, and a jump in the middle of one would time it out.
 */
export async function giveUp(page: Page, clock: ConsoleClock): Promise<void> {
  const body = page.locator("body");
  await expect(body).toHaveAttribute("data-state", "reconnecting");
  await clock.freeze();
  await expect(async () => {
    await expect(body).toHaveAttribute("data-state", /^(?:reconnecting|ended)$/);
    await page.clock.fastForward(320_000);
    await expect(body).toHaveAttribute("data-state", "ended", { timeout: 1_000 });
  }).toPass({ timeout: 45_000, intervals: [0] });
  await clock.resume();
}
