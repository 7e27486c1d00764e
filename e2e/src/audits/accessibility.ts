import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Expects that axe finds no violation in the page as it is, except below `excluded` selectors. */
export async function expectAccessible(page: Page, ...excluded: readonly string[]): Promise<void> {
  // Axe is half a megabyte of script, so it is injected only once into a document.
  const injected = await page.evaluate(() => "axe" in globalThis);
  const axe = new AxeBuilder({ page, ...(injected && { axeSource: ";" }) });
  // Without the legacy mode axe would open another page for each analysis. These pages have no frames.
  axe.setLegacyMode().options({
    resultTypes: ["violations"],
    // WCAG 2.5.3, which axe does not check by default.
    rules: { "label-content-name-mismatch": { enabled: true } },
  });
  for (const selector of excluded) axe.exclude(selector);
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
