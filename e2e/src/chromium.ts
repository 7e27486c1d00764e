import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";
import { debianChromium } from "../../tools/setup/needs.ts";

/** Debian's Chromium, or the one that Playwright installed. It runs as root in containers and talks to loopback only. */
export const launchOptions: LaunchOptions & { readonly args: string[] } = {
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
};
