import { chromium, expect } from "@playwright/test";
import lighthouse, { type Flags, type Result, snapshot } from "lighthouse";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { launchOptions } from "../browsers/chromium.ts";

const flags: Flags = {
  onlyCategories: ["accessibility", "best-practices"],
  formFactor: "desktop",
  screenEmulation: { disabled: true },
  // Slows nothing down, and takes a page for loaded after a second of quiet: a busy machine has few longer ones.
  throttlingMethod: "simulate",
  disableFullPageScreenshot: true,
  // After 45 s it would audit a page that a busy machine is still loading, and warn of that.
  maxWaitForLoad: 120_000,
};

/** Launches the browser that Lighthouse audits, which it drives through puppeteer. */
export function launchAuditedBrowser(): Promise<Browser> {
  const { executablePath = chromium.executablePath(), args } = launchOptions;
  return puppeteer.launch({ executablePath, args });
}

/** Loads an address into the page and expects full marks. */
export async function auditLoading(page: Page, url: string): Promise<void> {
  expectFullMarks((await lighthouse(url, flags, undefined, page))?.lhr);
}

/** Expects full marks for the page as it is now. */
export async function auditNow(page: Page): Promise<void> {
  expectFullMarks((await snapshot(page, { flags }))?.lhr);
}

/** Audits with a weight of 0 are for information only: Lighthouse itself does not count them. */
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
