import puppeteer, { type Browser } from "puppeteer-core";
import { findFirefox } from "../../tools/setup/programs.ts";
import { test as base } from "./test.ts";
import { type SdkPage, startSdkPage } from "./sdk-page/server.ts";

const executable = findFirefox();

/** Whether the machine has a Firefox, which these tests drive as it is. */
export const hasFirefox: boolean = executable !== undefined;

/**
 * Tests in Firefox as it is: Playwright drives only a build of its own, so puppeteer does, through
 * WebDriver BiDi.
 */
export const test = base.extend<object, { readonly firefox: Browser; readonly sdkPage: SdkPage }>({
  firefox: [
    async ({}, use) => {
      const browser = await puppeteer.launch({ browser: "firefox", executablePath: executable ?? "", headless: true });
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
