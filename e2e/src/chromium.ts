import type { LaunchOptions } from "@playwright/test";
import { findChromium } from "../../tools/setup/programs.ts";

const chromium = findChromium();

/** The system's Chromium, or the one that Playwright installed. It runs as root in containers and talks to loopback only. */
export const launchOptions: LaunchOptions & { readonly args: string[] } = {
  ...(chromium === undefined ? {} : { executablePath: chromium }),
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
};
