import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPERATIONS } from "../src/admin/operations.ts";
import { digestId, signedTokenId } from "../src/tokens/token-id.ts";
import { TestCertificate } from "./support/certificate.ts";
import { TestGateway } from "./support/gateway.ts";

const document = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");

test("the document lists every request of the admin API, and no other", () => {
  const listed = [...document.matchAll(/^\| `([A-Z]+ \/v1\/\S+)`/gm)].map(([, request]) => request);
  const routes = Object.values(OPERATIONS).map(({ method, path }) => `${method} ${path}`);
  expect(listed).toEqual(routes);
});

test("the document names the right of every operation", () => {
  const rows = [...document.matchAll(/^\| `([A-Z]+) (\/v1\/\S+)` +\| `(\w+)` +\|/gm)];
  expect(rows.map(([, method, path, right]) => `${method} ${path} ${right}`)).toEqual(
    Object.values(OPERATIONS).map(({ method, path, right }) => `${method} ${path} ${right}`),
  );
});

test("the document lists the flags of the commands that call the admin API, and no others", () => {
  const source = readFileSync(new URL("../src/cli/admin-options.ts", import.meta.url), "utf8");
  const flags = [...source.matchAll(/\.option\("(--\w+)/g)].map(([, flag]) => flag);
  expect(flags).toHaveLength(4);
  expect([...document.matchAll(/^\| `(--\w+)`/gm)].map(([, flag]) => flag)).toEqual(flags);
});

/** What a gateway tells with everything that has metrics. */
async function readMetrics(): Promise<string> {
  using certificate = await TestCertificate.create();
  await using gateway = await TestGateway.start({
    config: {
      cert: certificate.cert,
      key: certificate.key,
      tokens: { sources: [{ type: "http", url: "http://127.0.0.1:1/" }] },
    },
  });
  return await (await fetch(`${gateway.adminUrl}/metrics`)).text();
}

test("the document lists every metric of the gateway, and no other", async () => {
  const metrics = await readMetrics();
  const listed = [...document.matchAll(/^\| `(curfew_\w+)`/gm)].map(([, name]) => name);
  const told = [...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(told.length).toBeGreaterThan(5);
  expect(new Set(listed)).toEqual(new Set(told));
});

test("the document lists every label of every metric with all its values, and the README every end reason", async () => {
  const told = new Map<string, Set<string>>();
  for (const [, metric = "", labels = ""] of (await readMetrics()).matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      const key = `${metric.replace(/_(?:bucket|sum|count)$/, "")} ${label}`;
      // The versions of the build are whatever they are.
      if (label !== "le" && metric !== "curfew_build_info") told.set(key, (told.get(key) ?? new Set()).add(value));
    }
  }
  const rows = document.matchAll(/^\| `(curfew_\w+)` +\| `(\w+)` +\| (.*) \|$/gm);
  const listed = [...rows].map(([, metric, label, values = ""]) => {
    const names = [...values.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    return [`${metric} ${label}`, new Set(names)] as const;
  });
  expect(told.size).toBeGreaterThan(5);
  expect(new Map(listed)).toEqual(told);
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const reasons = [...(told.get("curfew_sessions_ended_total reason") ?? [])];
  expect(reasons.filter((reason) => !readme.includes(`\`${reason}\``))).toEqual([]);
});

test.runIf(process.platform === "linux")("the document's commands give the ids of tokens of other systems", () => {
  const commands = [...document.matchAll(/`(printf %s [^`]*basenc[^`]*)`/g)].map(([, command = ""]) => command);
  const token = "header.claims.signature";
  const ids = commands.map((command) => execFileSync("sh", ["-c", command], { env: { ...process.env, TOKEN: token } }));
  expect(ids.map((id) => id.toString().trim())).toEqual([digestId(token), signedTokenId(token)]);
});
