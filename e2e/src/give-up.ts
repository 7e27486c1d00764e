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
 * Has the page's clock jump past the five minutes for which it connects again, until it has given
 * up. It jumps between attempts: they happen in real time, and none of them must time out.
 */
export async function giveUp(page: Page): Promise<void> {
  await expect(async () => {
    await expect(page.locator("body")).toHaveAttribute("data-state", /^(?:reconnecting|ended)$/);
    await page.clock.fastForward(320_000);
    await expect(page.locator("body")).toHaveAttribute("data-state", "ended", { timeout: 500 });
  }).toPass({ timeout: 45_000, intervals: [0] });
}
