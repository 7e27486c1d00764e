import type { LaunchOptions } from "@playwright/test";
import { findChromium } from "../../../tools/setup/programs.ts";

/** A host name that leads to this machine. Browsers trust plain HTTP from loopback only under its own names. */
export const INSECURE_HOST = "gateway.test";

/**
 * Chromium loads two pages for suggestions in the address bar into processes of their own with every window, which takes
 * half of the processor time of a test.
 */
const ADDRESS_BAR = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/** What Playwright disables (`chromiumSwitches.ts` of playwright-core 1.65): Chromium takes only the last such argument. */
const PLAYWRIGHT_DISABLES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

const chromium = findChromium();

/** The system's Chromium, or the one that Playwright installed. It runs as root in containers and without network. */
export const launchOptions: LaunchOptions & { readonly args: string[] } = {
  ...(chromium === undefined ? {} : { executablePath: chromium }),
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    `--disable-features=${[...PLAYWRIGHT_DISABLES, ...ADDRESS_BAR].join(",")}`,
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  ],
};
