import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { pictureMatrix, takePicture } from "./console-page-pictures.ts";

/**
 * Looks at the page as it is now in each size and colour scheme of the matrix: nothing sticks out
 * to the side, axe has no complaint, and a picture goes to the contact sheet.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const { viewport, colorScheme } of pictureMatrix) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takePicture(page, name, viewport.width, colorScheme);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} is too wide`).toBe(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude(".screen").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

interface Timers {
  setTimeout: unknown;
  browserTimeout?: unknown;
}

/** Call this before `page.clock.install()`, for {@link inspectFrozen}. */
export async function keepTimers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const timers = globalThis as Timers;
    timers.browserTimeout = timers.setTimeout;
  });
}

/** {@link inspect} while the page's clock stands still: axe gets the browser's own timers, which run. */
export async function inspectFrozen(page: Page, name: string): Promise<void> {
  const swap = (): Promise<void> =>
    page.evaluate(() => {
      const timers = globalThis as Timers;
      [timers.setTimeout, timers.browserTimeout] = [timers.browserTimeout, timers.setTimeout];
    });
  await swap();
  await inspect(page, name);
  await swap();
}
