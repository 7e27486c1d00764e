import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { LabelCounters } from "../src/telemetry/counters.ts";
import { primarySnapshot } from "../src/telemetry/exposition.ts";
import type { ClusterFigures } from "../src/telemetry/metrics.ts";
import { TestCertificate } from "./support/certificate.ts";
import { TestGateway } from "./support/gateway.ts";

const run = promisify(execFile);

const packaging = new URL("../../../packaging/", import.meta.url);
const rules = fileURLToPath(new URL("prometheus/curfew.rules.yml", packaging));
const ruleTests = fileURLToPath(new URL("prometheus/curfew.rules.test.yml", packaging));

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly refId: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

const dashboard = JSON.parse(readFileSync(new URL("grafana/curfew.json", packaging), "utf8")) as Dashboard;

/** Everything that a gateway has metrics of. */
async function readMetrics(): Promise<string> {
  using certificate = await TestCertificate.create();
  await using gateway = await TestGateway.start({ config: { cert: certificate.cert, key: certificate.key } });
  return await (await fetch(`${gateway.adminUrl}/metrics`)).text();
}

/** The names of what a gateway of a cluster has besides, with a store or with peers. */
async function readClusterMetrics(): Promise<readonly string[]> {
  const shared = { endAfter: Infinity, gateways: () => 2, clockDifference: () => 0 };
  const state = { isOpen: true, contactAge: 0, revocationsWaiting: 0 };
  const clusters: readonly ClusterFigures[] = [
    { ...shared, isOpen: () => state.isOpen, contactAge: () => state.contactAge },
    { ...shared, peers: () => [{ peer: "gateway-2.example:6081", ...state }] },
  ];
  const none = new LabelCounters([]);
  const read = async (cluster: ClusterFigures): Promise<readonly string[]> => {
    const admin = { authenticationFailures: () => 0, adminFailures: none, cluster };
    return (await primarySnapshot(none, admin)).map(({ name }) => name);
  };
  return (await Promise.all(clusters.map(read))).flat();
}

test("Prometheus accepts the metrics", async () => {
  // Without a word, unless something is wrong.
  expect(execFileSync("promtool", ["check", "metrics"], { input: await readMetrics(), encoding: "utf8" })).toBe("");
});

test("Prometheus accepts the alert rules, and they fire when they should", async () => {
  expect((await run("promtool", ["check", "rules", rules])).stdout).toContain("SUCCESS");
  expect((await run("promtool", ["test", "rules", ruleTests])).stdout).toContain("SUCCESS");
});

test("the dashboard's queries are right, and it and the rules name only metrics that there are", async () => {
  const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const plain = queries.map((query) => query.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h"));
  await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-dashboard-"));
  const file = join(folder.path, "queries.yml");
  const records = plain.map((expr, index) => ({ record: `query_${index}`, expr }));
  await writeFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules: records }] }));
  expect((await run("promtool", ["check", "rules", file])).stdout).toContain("SUCCESS");
  const metrics = await readMetrics();
  const names = [...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name);
  const told = new Set([...names, ...(await readClusterMetrics())]);
  const named = `${queries.join("\n")}\n${readFileSync(rules, "utf8")}`.match(/\bcurfew_\w+/g) ?? [];
  expect(named.map((name) => name.replace(/_bucket$/, "")).filter((name) => !told.has(name))).toEqual([]);
});

test("the dashboard is one by Grafana's own types, in which no property has another name", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-dashboard-"));
  const scope = join(folder.path, "node_modules/@grafana");
  await mkdir(scope, { recursive: true });
  await symlink(dirname(fileURLToPath(import.meta.resolve("@grafana/schema/package.json"))), join(scope, "schema"));
  const file = join(folder.path, "dashboard.mts");
  const source = (json: string): string =>
    `import type { Dashboard } from "@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen";
    export const dashboard: Dashboard = ${json};`;
  const check = async (json: string): Promise<string> => {
    await writeFile(file, source(json));
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig", "--module", "nodenext"];
    return await run("tsc", [...flags, "--target", "es2023", file]).then(
      () => "",
      (error: { readonly stdout: string }) => error.stdout,
    );
  };
  const json = JSON.stringify(dashboard);
  expect(await check(json)).toBe("");
  expect(await check(json.replace('"gridPos"', '"gridpos"'))).toContain("'\"gridpos\"' does not exist in type 'Panel'");
});

test("the dashboard has what Grafana needs", () => {
  const { panels, templating } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  const variables = templating.list.map(({ name }) => name);
  const used = [...JSON.stringify(panels).matchAll(/\$\{?([a-z_]+)\b/g)].map(([, name = ""]) => name);
  expect(used.filter((name) => !variables.includes(name) && !["__rate_interval", "__range"].includes(name))).toEqual(
    [],
  );
});
