import { chromium } from "@playwright/test";
import lighthouse, { type Flags, type Result, snapshot } from "lighthouse";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { launchOptions } from "./chromium.ts";
import { expect, test as base } from "./test.ts";

const flags: Flags = {
  onlyCategories: ["accessibility", "best-practices"],
  formFactor: "desktop",
  screenEmulation: { disabled: true },
  // What a network would take is no part of these two.
  throttlingMethod: "provided",
  disableFullPageScreenshot: true,
};

/** Lighthouse drives a browser through puppeteer. */
export const test = base.extend<{ readonly audited: Page }, { readonly chromium: Browser }>({
  chromium: [
    async ({}, use) => {
      const { executablePath = chromium.executablePath(), args } = launchOptions;
      const browser = await puppeteer.launch({ executablePath, args });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  audited: async ({ chromium: browser }, use) => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await use(page);
    await page.close();
  },
});
export { expect } from "@playwright/test";

/** Loads an address into the page, and expects full marks. */
export async function auditLoading(page: Page, url: string): Promise<void> {
  expectFullMarks((await lighthouse(url, flags, undefined, page))?.lhr);
}

/** Expects full marks for the page as it is now. */
export async function auditNow(page: Page): Promise<void> {
  expectFullMarks((await snapshot(page, { flags }))?.lhr);
}

/** A weight of 0 is for information only: Lighthouse itself does not count it. */
function expectFullMarks(result: Result | undefined): void {
  const { categories = {}, audits = {}, runtimeError, runWarnings = [] } = result ?? {};
  expect([runtimeError, ...runWarnings].filter(Boolean)).toEqual([]);
  for (const { id, score, auditRefs } of Object.values(categories)) {
    const weighty = auditRefs.flatMap(({ id, weight }) => (weight > 0 ? [audits[id]] : []));
    const poor = weighty.filter((audit) => audit !== undefined && audit.score !== null && audit.score < 1);
    const complaints = poor.map((audit) => `${audit?.title}: ${JSON.stringify(audit?.details)}`);
    expect({ id, score, complaints }).toEqual({ id, score: 1, complaints: [] });
  }
  expect(Object.keys(categories)).toEqual(flags.onlyCategories);
}
