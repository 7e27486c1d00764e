import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { writeContactSheet } from "./contact-sheet.ts";

const folder = fileURLToPath(new URL("../../contact-sheet/", import.meta.url));
const viewports = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];
const schemes = ["light", "dark"] as const;
const all = viewports.flatMap((viewport) => schemes.map((colorScheme) => ({ viewport, colorScheme })));

/** Whether to write a contact sheet with a screenshot of every state. No test compares these, so it is off by default. */
const writesContactSheet = process.env["CURFEW_E2E_CONTACT_SHEET"] === "1";

/** The sizes and color schemes to test: all of them for a contact sheet, otherwise wide and light, narrow and dark. */
export const displayMatrix = writesContactSheet
  ? all
  : all.filter(({ viewport: { width }, colorScheme }) => /^(?:1440 light|360 dark)$/.test(`${width} ${colorScheme}`));

/** Adds the page to the contact sheet in each size and color scheme, if one is to be written. */
export async function takeScreenshots(page: Page, name: string, kind = "console-page"): Promise<void> {
  if (!writesContactSheet) return;
  for (const { viewport, colorScheme } of displayMatrix) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takeScreenshot(page, name, viewport.width, colorScheme, kind);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Adds the page as it is to the contact sheet, if one is to be written. */
export async function takeScreenshot(
  page: Page,
  name: string,
  width: number,
  scheme: string,
  kind = "console-page",
): Promise<void> {
  if (!writesContactSheet) return;
  mkdirSync(`${folder}${kind}`, { recursive: true });
  await page.screenshot({ path: `${folder}${kind}/${name}-${width}-${scheme}.png` });
  writeContactSheet(folder);
}
