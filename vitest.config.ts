import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { guestKernel } from "./tools/setup/kernel.ts";

/** Tests run the sources of every package, never their built output. */
const source = "@curfew/source";
const chromium = "/usr/bin/chromium";

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    env: { CURFEW_GUEST_KERNEL: guestKernel() },
    projects: [
      ...["protocol", "proxy", "client", "testing", "bench"].map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`packages/${name}/src/**/*.test.ts`, `packages/${name}/test/**/*.test.ts`],
          exclude: ["**/*.browser.test.ts"],
        },
      })),
      {
        extends: true as const,
        optimizeDeps: {
          include: [
            "@novnc/novnc",
            "@xterm/xterm",
            ...["attach", "fit", "search", "serialize", "unicode11", "web-links", "webgl"].map(
              (name) => `@xterm/addon-${name}`,
            ),
          ],
        },
        test: {
          name: "client-browser",
          root: "packages/client",
          include: ["src/**/*.browser.test.ts"],
          setupFiles: ["@xterm/xterm/css/xterm.css"],
          testTimeout: 10_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright(
              existsSync(chromium)
                ? {
                    launchOptions: {
                      executablePath: chromium,
                      args: ["--no-sandbox", "--disable-background-networking"],
                    },
                  }
                : {},
            ),
            instances: [{ browser: "chromium" as const }],
          },
        },
      },
      { extends: true as const, test: { name: "console", include: ["apps/console/src/**/*.test.ts"] } },
      { extends: true as const, test: { name: "tools", include: ["tools/**/*.test.ts"] } },
    ],
  },
});
