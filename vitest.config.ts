import { existsSync } from "node:fs";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { guestKernel } from "./tools/setup/kernel.ts";

/** Tests run the sources of every package, never their built output. */
const source = "@curfew/source";
const chromium = "/usr/bin/chromium";

/** A new object for each project: vitest names the instances in it. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright(
    existsSync(chromium)
      ? { launchOptions: { executablePath: chromium, args: ["--no-sandbox", "--disable-background-networking"] } }
      : {},
  ),
  instances: [{ browser: "chromium" as const }],
});

const viewers = ["@novnc/novnc", "@xterm/xterm", "@xterm/addon-attach", "@xterm/addon-fit"];

/** The versions of React that `packages/react` is made for, and where each is installed. */
const reactFolders = { "18": "packages/react/react-18", "19": "packages/react" };
type ReactVersion = keyof typeof reactFolders;

const aliasReact = (version: ReactVersion) =>
  ["react", "react-dom"].map((library) => ({
    find: new RegExp(`^${library}(?=/|$)`),
    replacement: join(import.meta.dirname, reactFolders[version], "node_modules", library),
  }));

/** The suites of `packages/react` that need a page. */
const reactInChromium = (name: string, version: ReactVersion) => {
  return {
    extends: true as const,
    resolve: { alias: aliasReact(version) },
    optimizeDeps: { include: [...viewers, "react", "react/jsx-dev-runtime", "react-dom/client", "react-dom/server"] },
    test: {
      name,
      env: { CURFEW_REACT: version },
      root: "packages/react",
      include: ["src/**/*.browser.test.tsx"],
      setupFiles: ["@xterm/xterm/css/xterm.css"],
      testTimeout: 10_000,
      browser: inChromium(),
    },
  };
};

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    env: { CURFEW_GUEST_KERNEL: guestKernel() },
    projects: [
      ...["protocol", "proxy", "client", "react", "testing", "bench"].map((name) => ({
        extends: true as const,
        test: {
          name,
          include: [`packages/${name}/src/**/*.test.{ts,tsx}`, `packages/${name}/test/**/*.test.ts`],
          exclude: ["**/*.browser.test.{ts,tsx}"],
        },
      })),
      {
        extends: true as const,
        test: {
          // What depends on how the client's connection takes bytes, once more over TLS.
          name: "proxy-tls",
          include: ["relay", "hostile-clients", "end-reasons", "enforcement/*"].map(
            (part) => `packages/proxy/test/${part}.test.ts`,
          ),
          setupFiles: ["packages/proxy/test/support/over-tls.ts"],
        },
      },
      {
        extends: true as const,
        optimizeDeps: { include: viewers },
        test: {
          name: "client-browser",
          root: "packages/client",
          include: ["src/**/*.browser.test.ts"],
          setupFiles: ["@xterm/xterm/css/xterm.css"],
          testTimeout: 10_000,
          browser: inChromium(),
        },
      },
      {
        extends: true as const,
        resolve: { alias: aliasReact("18") },
        test: {
          name: "react-18",
          env: { CURFEW_REACT: "18" },
          root: "packages/react",
          include: ["src/**/*.test.tsx"],
          exclude: ["**/*.browser.test.tsx"],
        },
      },
      reactInChromium("react-browser", "19"),
      reactInChromium("react-18-browser", "18"),
      // With the text of its style sheets, which tests read.
      { extends: true as const, test: { name: "console", include: ["apps/console/src/**/*.test.ts"], css: true } },
      { extends: true as const, test: { name: "tools", include: ["tools/**/*.test.ts"] } },
    ],
  },
});
