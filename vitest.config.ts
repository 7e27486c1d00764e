import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { COMPILE_CACHE } from "./tools/root.ts";
import { guestEnvironment } from "./tools/setup/guest.ts";
import { findChromium } from "./tools/setup/programs.ts";

/** Tests run the sources of every package, never their built output. */
const source = "@curfew/source";
const chromium = findChromium();

/** Tests that need a page in a browser; those that need other programs on the machine. All others need only Node. */
const browserTests = "*.browser.test.{ts,tsx}";
const realTests = ["*.real.test.ts", "test/real/**/*.test.ts"];

/** Tests that break what a cluster consists of. They measure, so each step of a test run has them for itself. */
const faultTests = "*.faults.test.ts";

/** What the projects of a package leave to others. */
const notUnitTests = [browserTests, faultTests, ...realTests].map((pattern) => `**/${pattern}`);

/** A new object for each project: vitest names the instances in it. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright(
    chromium === undefined
      ? {}
      : { launchOptions: { executablePath: chromium, args: ["--no-sandbox", "--disable-background-networking"] } },
  ),
  instances: [{ browser: "chromium" as const }],
});

const viewers = [
  "@novnc/novnc",
  "@spice-project/spice-html5",
  "@xterm/xterm",
  "@xterm/addon-attach",
  "@xterm/addon-fit",
];

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
      include: [`src/**/${browserTests}`],
      setupFiles: ["@xterm/xterm/css/xterm.css"],
      browser: inChromium(),
    },
  };
};

/** Takes over a minute, whatever the processors do. */
const LONGEST_FILE = "hostile.test.ts";

/** Begins with the longest file, which would otherwise still run when all others are done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): boolean => basename(moduleId) === LONGEST_FILE;
    // oxlint-disable-next-line unicorn/no-array-sort -- not that of an array
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => Number(isLongest(right)) - Number(isLongest(left)));
  }
}

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    // Tests wait for events most of the time: more of them than there are processors run beside each other.
    maxWorkers: availableParallelism() + 4,
    sequence: { sequencer: LongestFirst },
    // Limits for tests that hang, not for slow ones: a busy machine fails none.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 90_000 } },
    setupFiles: [join(import.meta.dirname, "vitest.setup.ts")],
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
    projects: [
      ...["protocol", "client", "react", "testing", "bench", "conformance"].map((name) => ({
        extends: true as const,
        test: {
          name,
          // Processes that run one file after the other start faster.
          isolate: false,
          include: [`packages/${name}/src/**/*.test.{ts,tsx}`, `packages/${name}/test/**/*.test.ts`],
          exclude: notUnitTests,
        },
      })),
      {
        extends: true as const,
        test: {
          name: "proxy-parts",
          // Files that set the clock count all timers: what one leaves behind must not disturb them.
          include: ["packages/proxy/src/**/*.test.ts"],
          exclude: notUnitTests,
        },
      },
      {
        extends: true as const,
        // Gateways keep state that files must not share.
        test: { name: "proxy", include: ["packages/proxy/test/**/*.test.ts"], exclude: notUnitTests },
      },
      ...["packages/testing", "packages/bench", "packages/proxy", "tools"].map((root) => ({
        extends: true as const,
        test: {
          name: `${basename(root)}-real`,
          root,
          include: realTests.map((pattern) => `**/${pattern}`),
          env: guestEnvironment(),
        },
      })),
      {
        extends: true as const,
        test: { name: "faults", root: "packages/proxy", include: [`test/faults/${faultTests}`] },
      },
      {
        extends: true as const,
        test: {
          // What depends on how the client's connection takes bytes, once more over TLS.
          name: "proxy-tls",
          include: ["relay", "hostile-clients", "end-reasons", "connections", "enforcement/*"].map(
            (part) => `packages/proxy/test/${part}.test.ts`,
          ),
          setupFiles: ["packages/proxy/test/support/clients-over-tls.ts"],
        },
      },
      ...["tls", "unix"].map((type) => ({
        extends: true as const,
        test: {
          // What depends on how the target's connection takes and gives bytes, once more over TLS and Unix sockets.
          name: `proxy-${type}-targets`,
          include: ["relay", "enforcement/{at-deadline,every-phase,data-path}"].map(
            (part) => `packages/proxy/test/${part}.test.ts`,
          ),
          setupFiles: [`packages/proxy/test/support/targets-over-${type}.ts`],
        },
      })),
      {
        extends: true as const,
        optimizeDeps: { include: viewers },
        test: {
          name: "client-browser",
          root: "packages/client",
          include: [`src/**/${browserTests}`],
          setupFiles: ["@xterm/xterm/css/xterm.css"],
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
          exclude: [`**/${browserTests}`],
        },
      },
      reactInChromium("react-browser", "19"),
      reactInChromium("react-18-browser", "18"),
      // With the text of its style sheets, which tests read.
      {
        extends: true as const,
        test: { name: "console", isolate: false, include: ["apps/console/src/**/*.test.ts"], css: true },
      },
      {
        extends: true as const,
        test: {
          name: "tools",
          include: ["tools/**/*.test.ts"],
          exclude: ["tools/publish/**", ...realTests.map((pattern) => `**/${pattern}`)],
        },
      },
      {
        extends: true as const,
        test: {
          // Needs the packages and the pages built.
          name: "publish",
          include: ["tools/publish/**/*.test.ts"],
          exclude: ["tools/publish/install/**"],
          maxConcurrency: 2,
        },
      },
      // Makes a Debian system, from Debian's mirror.
      { extends: true as const, test: { name: "install", include: ["tools/publish/install/*.test.ts"] } },
    ],
  },
});
