import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { TARBALLS_VARIABLE } from "../publish/tarballs/pack.ts";
import type { RequirementName } from "../setup/requirements.ts";
import { type PlaywrightReport, type VitestReport, readPlaywright, readReport, readVitest } from "./reports.ts";
import { fetchNodes, type LaneRun, planLanes } from "./node-lanes.ts";
import type { Step } from "./steps.ts";

/** What can be run: everything (`faults` at a smaller scale, `node` and `install` not), or one of the kinds of tests. */
export const SELECTIONS = ["all", "unit", "browser", "real", "packages", "e2e", "faults", "node", "install"] as const;

/** One of {@link SELECTIONS}. */
export type Selection = (typeof SELECTIONS)[number];

const BROWSER_REQUIREMENTS: readonly RequirementName[] = ["browser", "fonts"];
const REAL_REQUIREMENTS: readonly RequirementName[] = [
  "tigervnc",
  "qemu",
  "spice",
  "kernel",
  "compiler",
  "peers",
  "rabbitmq",
  "mariadb",
  "postgresql",
  "redis",
  "oslo",
  "systemd",
  "prometheus",
  "logrotate",
  "rsyslog",
  "stunnel",
  "proxies",
];
const PACKAGES_REQUIREMENTS: readonly RequirementName[] = ["debian", "containers", "helm"];
const INSTALL_REQUIREMENTS: readonly RequirementName[] = ["debian", "chroot", "tigervnc"];
const E2E_REQUIREMENTS: readonly RequirementName[] = [
  "browser",
  "fonts",
  "firefox",
  "tigervnc",
  "qemu",
  "spice",
  "kernel",
  "websockify",
  "mariadb",
  "proxies",
];

const FAULT_REQUIREMENTS: readonly RequirementName[] = ["redis", "haproxy", "network", "clock"];

/** Projects of `vitest.config.ts` by what they need. Those of the unit tests need nothing but Node. */
const UNIT_PROJECTS = ["!*-browser", "!*-real", "!publish", "!faults", "!install"];

/**
 * The steps of a test run, in order. Each selection sets up only what it uses.
 * @param folder - where the runners leave their reports.
 * @param filters - names of packages, or parts of file names: only tests in such files are run.
 */
export function planSteps(selection: Selection, folder: string, filters: readonly string[]): Step[] {
  const types: Step = { name: "types", command: ["tsc", "-b"] };
  const pages: Step = { name: "pages", command: ["pnpm", "build:pages"] };
  const checks: Step[] = [
    { name: "format", command: ["oxfmt", "--check"] },
    types,
    // Also of code that imports the packages as they are built.
    { name: "lint", command: ["pnpm", "lint"] },
    { name: "unused code", command: ["knip"] },
  ];
  const vitest = (name: string, projects: readonly string[], env = {}, options: readonly string[] = []): Step =>
    vitestStep(name, folder, {
      args: [...options, ...projects.map((project) => `--project=${project}`), ...filters.map(pathOf)],
      env,
    });
  const lanes = (runs: readonly LaneRun[]): Step[] => [
    fetchNodes(runs.map(({ lane }) => lane)),
    ...runs.map((run) => vitestStep(`Node ${run.lane}`, folder, run)),
  ];

  // What is built is packed once, for the checks of what is published and for the examples.
  const tarballs = join(folder, "tarballs");
  const packed = { [TARBALLS_VARIABLE]: tarballs };
  const pack: Step = { name: "pack", command: ["node", "tools/publish/pack.ts", tarballs] };

  const unit = vitest("unit", UNIT_PROJECTS);
  const browser = vitest("browser", ["*-browser"]);
  const real = vitest("real", ["*-real"]);
  // Each file starts a cluster: more of them at once, and gateways stand still for seconds because they wait for a processor.
  const faults = vitest("faults", ["faults"], {}, ["--maxWorkers=3"]);
  const packages = vitest("packages", ["publish"], packed);
  const sizes: Step = { name: "sizes", command: ["pnpm", "size", "--check"] };
  const e2e = playwrightStep(join(folder, "playwright.json"), filters, selection === "all" ? packed : {});

  const plans: Readonly<Record<Selection, Step[]>> = {
    all: [
      setUp([...REAL_REQUIREMENTS, ...PACKAGES_REQUIREMENTS, ...FAULT_REQUIREMENTS, ...E2E_REQUIREMENTS]),
      ...checks,
      unit,
      browser,
      pages,
      real,
      faults,
      pack,
      fetchNodes(),
      packages,
      sizes,
      e2e,
    ],
    unit: [unit],
    browser: [setUp(BROWSER_REQUIREMENTS), browser],
    real: [setUp(REAL_REQUIREMENTS), { name: "gateway", command: ["tsc", "-b", "packages/proxy"] }, real],
    packages: [setUp(PACKAGES_REQUIREMENTS), types, pages, pack, fetchNodes(), packages],
    node: selection === "node" ? lanes(planLanes(filters)) : [],
    install: [setUp(INSTALL_REQUIREMENTS), types, pages, pack, vitest("install", ["install"], packed)],
    e2e: [setUp(E2E_REQUIREMENTS), types, pages, e2e],
    // One file after the other, at full scale.
    faults: [setUp(FAULT_REQUIREMENTS), vitest("faults", ["faults"], { CURFEW_FAULTS: "full" }, ["--maxWorkers=1"])],
  };
  return plans[selection];
}

function setUp(needs: readonly RequirementName[]): Step {
  return { name: "set-up", command: ["node", "tools/setup.ts", ...new Set(needs)] };
}

/** The folder of a package or an app with this name, or else the filter as it is. */
function pathOf(filter: string): string {
  const folder = ["packages", "apps", "."].find((parent) => existsSync(join(ROOT, parent, filter)));
  return folder === undefined ? filter : `${join(folder, filter)}/`;
}

type VitestRun = Pick<LaneRun, "args"> & Partial<Pick<LaneRun, "runner" | "env">>;

/** @param folder - where it leaves its report. */
function vitestStep(name: string, folder: string, { runner = ["vitest"], args, env }: VitestRun): Step {
  const report = join(folder, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return {
    name,
    command: [...runner, "run", ...reporters, ...args],
    env,
    async results() {
      const found = await readReport<VitestReport>(report);
      return found && readVitest(found, name);
    },
  };
}

function playwrightStep(report: string, filters: readonly string[], env: Step["env"]): Step {
  return {
    name: "end-to-end tests",
    command: ["playwright", "test", "--config", "e2e/playwright.config.ts", ...filters],
    // Like all tests, these run the sources of the packages: only the pages are built.
    env: { ...env, CURFEW_E2E_REPORT: report, NODE_OPTIONS: "--conditions=@curfew/source" },
    async results() {
      const found = await readReport<PlaywrightReport>(report);
      return found && readPlaywright(found);
    },
  };
}
