import { defineConfig } from "@playwright/test";
import type { ReporterDescription } from "@playwright/test";
import { guestEnvironment } from "../tools/setup/guest.ts";
import { launchOptions } from "./src/browsers/chromium.ts";

// Tests start Linux guests with what the set-up fetched.
Object.assign(process.env, guestEnvironment());

/** Where a machine-readable report goes, besides the list on the screen. */
const report = process.env["CURFEW_E2E_REPORT"];

const reporter: ReporterDescription[] = [
  ["list"],
  ...(report === undefined ? [] : [["json", { outputFile: report }] satisfies ReporterDescription]),
];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  globalSetup: "./src/global-setup.ts",
  snapshotPathTemplate: "screenshots/{arg}{ext}",
  // A screenshot that is missing or differs fails the test, unless this updates the ones that differ.
  updateSnapshots: process.env["CURFEW_E2E_SCREENSHOTS"] === "update" ? "changed" : "none",
  reporter,
  // More than there are processors: most tests wait for a deadline or a page.
  workers: 5,
  retries: 0,
  forbidOnly: process.env["CI"] !== undefined,
  // Tests wait for events. These limits only end a test that hangs, also on a machine that is busy with something else.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: "chromium",
    launchOptions,
    viewport: { width: 1280, height: 800 },
    // Animations cost processor time in every frame. Tests of motion ask for it.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    // Without its film strip, which costs more than the tests themselves, and its copies of the page after each action.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
  },
});
