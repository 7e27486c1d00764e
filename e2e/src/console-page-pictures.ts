import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";

const artifacts = fileURLToPath(new URL("../artifacts/", import.meta.url));
const widths = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];

/** All of them take a while: without `CURFEW_E2E_PICTURES=all` a wide light and a narrow dark one must do. */
const all = process.env["CURFEW_E2E_PICTURES"] === "all";

/** Writes pictures of the page as it is now, light and dark, at three widths, to a folder in `e2e/artifacts/`. */
export async function takePictures(page: Page, name: string, kind = "console-page"): Promise<void> {
  mkdirSync(`${artifacts}${kind}`, { recursive: true });
  for (const viewport of widths) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      if (
        !all &&
        `${viewport.width} ${colorScheme}` !== "1440 light" &&
        `${viewport.width} ${colorScheme}` !== "360 dark"
      )
        continue;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.screenshot({ path: `${artifacts}${kind}/${name}-${viewport.width}-${colorScheme}.png` });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
