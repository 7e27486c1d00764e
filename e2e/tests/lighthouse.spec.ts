import { startFakeSerial, startFakeVnc } from "@curfew/testing";
import type { Browser, Page } from "puppeteer-core";
import { startDemo } from "../src/servers/demo-process.ts";
import { auditLoading, auditNow, launchAuditedBrowser } from "../src/audits/lighthouse.ts";
import { test as base } from "../src/fixtures/gateway.ts";

let browser: Browser;

const test = base.extend<{ readonly audited: Page }>({
  audited: async ({}, use) => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await use(page);
    await page.close();
  },
});
test.beforeAll(async () => {
  browser = await launchAuditedBrowser();
});
test.afterAll(() => browser.close());

/** A run of Lighthouse loads a page more than once. */
test.describe.configure({ timeout: 240_000 });

for (const [type, startFake] of [
  ["vnc", startFakeVnc],
  ["serial", startFakeSerial],
] as const) {
  test(`a ${type} console has full marks for accessibility and best practices, and so has its end`, async ({
    audited: page,
    gateway,
  }) => {
    await using server = await startFake();
    const { url } = await gateway.issue({ type, target: server.address, ttl: 600, name: "web-03" });
    await auditLoading(page, url);
    await page.waitForSelector("[data-state=connected]");
    await auditNow(page);

    await gateway.admin.endSessions({ all: true });
    await page.waitForSelector("[data-state=ended]");
    await auditNow(page);
  });
}

test("the demo's dashboard has full marks for accessibility and best practices", async ({ audited: page }) => {
  const demo = await startDemo();
  try {
    await auditLoading(page, demo.url);
    await page.waitForSelector(".machine canvas");
    await auditNow(page);
  } finally {
    await demo.stop("SIGTERM");
  }
});
