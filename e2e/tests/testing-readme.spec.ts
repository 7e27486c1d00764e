import { serveSamplePage } from "../src/page-objects/sample-page.ts";
// The rest of this file stands in the README of @curfew/testing, but for what serves the page.
import type { Fault, VncPhase } from "@curfew/testing";
import { expect, test } from "@curfew/testing/playwright";

test("the page counts down, and says why the session ended", async ({ page, vnc, routeConsole, clock }) => {
  const gateway = await routeConsole("**/websockify"); // in front of the fake console that this test has
  await page.goto("http://localhost/console.html");
  await expect(page.getByRole("status")).toHaveText("connected");

  await page.locator("canvas").focus();
  await page.keyboard.type("k");
  await vnc.waitFor("key", ({ keysym, down }) => keysym === 0x6b && down);

  const session = await gateway.waitForSession();
  await clock.freeze();
  session.warn(60_000);
  await expect(page.getByRole("timer")).toHaveText("60 s left");
  await clock.runToJustBefore(60_000); // takes no time
  await expect(page.getByRole("timer")).toHaveText("1 s left");
  session.expire();
  await expect(page.getByRole("status")).toHaveText("Ended: session_expired");
});

test.describe("a console that stalls, is reset, comes back in pieces and expires", () => {
  const faults: Fault<VncPhase>[][] = [
    [
      { type: "stall", at: "serverInit", forMs: 500 },
      { type: "reset", at: 1000 },
    ], // the first connection
    [{ type: "split", bytes: 3 }], // the second
  ];
  test.use({ console: { type: "vnc", faults: (connection) => faults[connection] ?? [] } });

  test("is followed by the page to its end", async ({ page, routeConsole }) => {
    const gateway = await routeConsole("**/websockify");
    await page.goto("http://localhost/console.html");
    (await gateway.waitForSession(1)).expire();
    await expect(page.getByRole("status")).toHaveText("Ended: session_expired");
  });
});

test.beforeEach(({ page }) => serveSamplePage(page));
