import { type CDPSession, test as base } from "@playwright/test";
import { type SdkPage, startSdkPage } from "./server.ts";

/** Tests with the SDK in a page, which is open, and with the browser's own counters. */
export const test = base.extend<{ readonly cdp: CDPSession }, { readonly sdkPage: SdkPage }>({
  sdkPage: [
    async ({}, use) => {
      await using sdkPage = await startSdkPage();
      await use(sdkPage);
    },
    { scope: "worker" },
  ],
  page: async ({ page, sdkPage }, use) => {
    await page.goto(sdkPage.origin);
    await page.waitForFunction(() => "sdk" in globalThis);
    await use(page);
  },
  cdp: async ({ page }, use) => {
    await use(await page.context().newCDPSession(page));
  },
});
export { expect } from "@playwright/test";
