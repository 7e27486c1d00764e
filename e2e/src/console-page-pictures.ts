import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { writeContactSheet } from "./contact-sheet.ts";

const artifacts = fileURLToPath(new URL("../artifacts/", import.meta.url));
const viewports = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];
const schemes = ["light", "dark"] as const;
const all = viewports.flatMap((viewport) => schemes.map((colorScheme) => ({ viewport, colorScheme })));

/** All of them take a while: without `CURFEW_E2E_PICTURES=all` a wide light and a narrow dark one must do. */
export const pictureMatrix =
  process.env["CURFEW_E2E_PICTURES"] === "all"
    ? all
    : all.filter(({ viewport: { width }, colorScheme }) => /^(?:1440 light|360 dark)$/.test(`${width} ${colorScheme}`));

/** Writes pictures of the page as it is now in each size and colour scheme, to a folder in `e2e/artifacts/`. */
export async function takePictures(page: Page, name: string, kind = "console-page"): Promise<void> {
  for (const { viewport, colorScheme } of pictureMatrix) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await takePicture(page, name, viewport.width, colorScheme, kind);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** One picture of the page as it is, which also goes onto the contact sheet. */
export async function takePicture(
  page: Page,
  name: string,
  width: number,
  scheme: string,
  kind = "console-page",
): Promise<void> {
  mkdirSync(`${artifacts}${kind}`, { recursive: true });
  await page.screenshot({ path: `${artifacts}${kind}/${name}-${width}-${scheme}.png` });
  writeContactSheet(artifacts);
}
