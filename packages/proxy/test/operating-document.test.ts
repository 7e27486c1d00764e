import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TestCertificate } from "./support/certificate.ts";
import { TestGateway } from "./support/gateway.ts";

const document = readFileSync(new URL("../../../docs/operating.md", import.meta.url), "utf8");
const admin = new URL("../src/admin/", import.meta.url);
const api = readdirSync(admin)
  .map((file) => readFileSync(new URL(file, admin), "utf8"))
  .join("\n");

test("the document lists every request of the admin API, and no other", () => {
  const listed = [...document.matchAll(/^\| `([A-Z]+ \/v1\/\S+)`/gm)].map(([, request]) => request);
  const routes = [...api.matchAll(/app\.(get|post|delete)\("(\/v1\/[^"]+)"/g)].map(
    ([, method = "", path]) => `${method.toUpperCase()} ${path}`,
  );
  expect(routes.length).toBeGreaterThan(5);
  expect(new Set(listed)).toEqual(new Set(routes));
});

test("the document lists every metric of the gateway, and no other", async () => {
  using certificate = await TestCertificate.create();
  await using gateway = await TestGateway.start({ config: { cert: certificate.cert, key: certificate.key } });
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const listed = [...document.matchAll(/^\| `(curfew_\w+)`/gm)].map(([, name]) => name);
  const told = [...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(told.length).toBeGreaterThan(5);
  expect(new Set(listed)).toEqual(new Set(told));
});
