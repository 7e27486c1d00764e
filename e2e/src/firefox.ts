import { existsSync } from "node:fs";
import puppeteer, { type Browser } from "puppeteer-core";
import { debianFirefox } from "../../tools/setup/needs.ts";
import { test as base } from "./test.ts";
import { type SdkPage, startSdkPage } from "./sdk-page/server.ts";

/** Whether the machine has the Firefox that these tests drive, as it comes from Debian. */
export const hasFirefox: boolean = existsSync(debianFirefox);

/**
 * Tests in Firefox as it is: Playwright drives only a build of its own, so puppeteer does, through
 * WebDriver BiDi.
 */
export const test = base.extend<object, { readonly firefox: Browser; readonly sdkPage: SdkPage }>({
  firefox: [
    async ({}, use) => {
      const browser = await puppeteer.launch({ browser: "firefox", executablePath: debianFirefox, headless: true });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  sdkPage: [
    async ({}, use) => {
      await using sdkPage = await startSdkPage();
      await use(sdkPage);
    },
    { scope: "worker" },
  ],
});
export { expect } from "@playwright/test";
