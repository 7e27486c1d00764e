import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { pictureMatrix, takePicture } from "./console-page-pictures.ts";

/**
 * Looks at the page as it is now in each size and colour scheme of the matrix: nothing sticks out
 * to the side, axe has no complaint, and a picture goes to the contact sheet.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  for (const { viewport, colorScheme } of pictureMatrix) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takePicture(page, name, viewport.width, colorScheme);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} is too wide`).toBe(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude(".screen").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
