import { expect, type Page } from "@playwright/test";

/**
 * Lets the page's time run until it has given up connecting again. Time stands still while an
 * attempt is under way, which happens in real time, so that none of them times out.
 */
export async function giveUp(page: Page): Promise<void> {
  await expect(async () => {
    await page.clock.runFor(4_000);
    await expect(page.locator("body")).toHaveAttribute("data-state", /^(?:reconnecting|ended)$/, { timeout: 5_000 });
    await expect(page.locator("body")).toHaveAttribute("data-state", "ended", { timeout: 1 });
  }).toPass({ timeout: 45_000, intervals: [0] });
}
