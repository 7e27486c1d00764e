import { test as base } from "@playwright/test";
import { ConsolePage } from "./console-page.ts";
import { GatewayProcess } from "./gateway.ts";

/** Tests against a gateway that runs as a process of its own and enforces deadlines. */
export const test = base.extend<{ readonly console: ConsolePage }, { readonly gateway: GatewayProcess }>({
  gateway: [
    // Playwright finds out what a fixture needs by reading its parameter's pattern.
    async ({}, use) => {
      await using gateway = await GatewayProcess.start();
      await use(gateway);
    },
    { scope: "worker" },
  ],
  console: async ({ page }, use) => {
    await use(new ConsolePage(page));
  },
});
export { expect } from "@playwright/test";
