import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import type { LaunchOptions, ReporterDescription } from "@playwright/test";
import { guestKernel } from "../tools/setup/kernel.ts";
import { debianChromium } from "../tools/setup/needs.ts";

// Tests start Linux guests with the kernel that the set-up fetched.
process.env["CURFEW_GUEST_KERNEL"] ??= guestKernel();

/** Where a machine-readable report goes, besides the list on the screen. */
const report = process.env["CURFEW_E2E_REPORT"];

const reporter: ReporterDescription[] = [
  ["list"],
  ...(report === undefined ? [] : [["json", { outputFile: report }] satisfies ReporterDescription]),
];

/** Debian's Chromium, or the one that Playwright installed. It runs as root in containers and talks to loopback only. */
const launchOptions: LaunchOptions = {
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
};

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  reporter,
  workers: 2,
  retries: 0,
  forbidOnly: process.env["CI"] !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions,
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    // Without its film strip, which costs more than the tests themselves.
    trace: { mode: "retain-on-failure", screenshots: false },
  },
});
