import type { LaunchOptions } from "@playwright/test";
import { findChromium } from "../../../tools/setup/programs.ts";

/** A host name that leads to this machine. Browsers trust plain HTTP from loopback only under its own names. */
export const INSECURE_HOST = "gateway.test";

const chromium = findChromium();

/** The system's Chromium, or the one that Playwright installed. It runs as root in containers and without network. */
export const launchOptions: LaunchOptions & { readonly args: string[] } = {
  ...(chromium === undefined ? {} : { executablePath: chromium }),
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  ],
};
