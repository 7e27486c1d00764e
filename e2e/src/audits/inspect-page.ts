import { expect, type Page } from "@playwright/test";
import { displayMatrix, takeScreenshot } from "../screenshots/take-screenshots.ts";
import { expectAccessible } from "./accessibility.ts";

/**
 * Checks the page as it is in each size and color scheme of the {@link displayMatrix}: it does not scroll sideways and
 * axe finds no violation. Also adds it to the contact sheet.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const { viewport, colorScheme } of displayMatrix) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takeScreenshot(page, name, viewport.width, colorScheme);
    await expectNoSidewaysScrolling(page, name);
    await expectAccessible(page, ".screen");
  }
  await expectActionsInLowWindows(page, name);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Expects that the page is not wider than its window, once it has followed a change of that. */
export async function expectNoSidewaysScrolling(page: Page, name: string): Promise<void> {
  const excess = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(excess, `${name} is too wide`).toBeLessThanOrEqual(0);
}

/** A frame in a dashboard, and a phone with its keyboard. */
const LOW_WINDOWS = [
  { width: 680, height: 420 },
  { width: 360, height: 420 },
];

/** Checks that the buttons of a card, if there is one, are seen without scrolling in low windows. */
async function expectActionsInLowWindows(page: Page, name: string): Promise<void> {
  const actions = page.locator(".card-actions");
  if ((await actions.count()) === 0) return;
  for (const viewport of LOW_WINDOWS) {
    await page.setViewportSize(viewport);
    await takeScreenshot(page, `${name}-low`, viewport.width, "light");
    await expect(actions, `the actions of ${name} at ${viewport.width} x ${viewport.height}`).toBeInViewport({
      ratio: 1,
    });
  }
}

interface Timers {
  setTimeout: unknown;
  browserTimeout?: unknown;
}

/** Saves the browser's timers for {@link inspectFrozen}. Call this before `page.clock.install()`. */
export async function keepTimers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const timers = globalThis as Timers;
    timers.browserTimeout = timers.setTimeout;
  });
}

/** {@link inspect} for a page whose clock is paused: axe gets the browser's own timers. */
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
