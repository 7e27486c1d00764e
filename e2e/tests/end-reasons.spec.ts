import type { CloseReason } from "@curfew/client";
import { endTraits } from "@curfew/client/messages";
import { english } from "@curfew/client/messages/en";
import { expect, test } from "@playwright/test";
import { startBundledPage } from "../src/bundled-page.ts";
import { endings } from "../src/endings.ts";
import { EndsPage } from "../src/ends-page.ts";
import type { WebServer } from "../src/web-server.ts";

let site: WebServer;
test.beforeAll(async () => {
  site = await startBundledPage("ends");
});
test.afterAll(() => site[Symbol.asyncDispose]());

for (const reason of Object.keys(endTraits) as CloseReason[]) {
  const { type, code, says, button, step, cause } = endings[reason];

  test(`${reason} at a ${type} console: the page says why, and what to do next`, async ({ page }) => {
    await using ends = new EndsPage(page, site.origin);
    await cause(ends);
    await expect(ends.end).toBeVisible({ timeout: 30_000 });
    await expect(ends.end).toHaveAttribute("data-reason", reason);
    await expect(ends.end).toHaveAttribute("data-code", String(code));
    await expect(page.getByRole("heading")).toHaveText(english.ends[reason].title);
    await expect(page.locator("#sentence")).toHaveText(says);
    await expect(page.locator("#advice")).toHaveText(step === "operator" ? english.advice.operator : "");
    expect(endTraits[reason].step).toBe(step);
    // Nothing of the console stays behind.
    await expect(page.locator("canvas, .xterm")).toHaveCount(0);

    const asked = ends.asked;
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect.poll(() => ends.asked).toBe(asked + 1);
  });
}
