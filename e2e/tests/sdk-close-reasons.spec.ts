import type { CloseReason } from "@curfew/client";
import { CLOSE_REASON_TRAITS } from "@curfew/client/messages";
import { english } from "@curfew/client/messages/en";
import { expect, test } from "../src/fixtures/shared-servers.ts";
import { CloseReasonsPage } from "../src/page-objects/close-reasons-page.ts";
import { closeReasonScenarios } from "../src/scenarios/close-reasons.ts";

for (const reason of Object.keys(CLOSE_REASON_TRAITS) as CloseReason[]) {
  const { type, code, says, button, step, cause } = closeReasonScenarios[reason];

  test(`${reason} at a ${type} console: the page says why, and what to do next`, async ({
    page,
    bundledPages,
    enforcingGateway,
  }) => {
    await using ends = new CloseReasonsPage(page, bundledPages.origin, enforcingGateway);
    await cause(ends);
    await expect(ends.end).toBeVisible({ timeout: 30_000 });
    await expect(ends.end).toHaveAttribute("data-reason", reason);
    await expect(ends.end).toHaveAttribute("data-code", String(code));
    await expect(page.getByRole("heading")).toHaveText(english.closeReasons[reason].title);
    await expect(page.locator("#sentence")).toHaveText(says);
    await expect(page.locator("#advice")).toHaveText(step === "operator" ? english.advice.operator : "");
    expect(CLOSE_REASON_TRAITS[reason].step).toBe(step);
    // Nothing of the console stays behind.
    await expect(page.locator("canvas, .xterm")).toHaveCount(0);

    const asked = ends.asked;
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect.poll(() => ends.asked).toBe(asked + 1);
  });
}
