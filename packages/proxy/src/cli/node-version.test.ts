import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NODE_VERSIONS, nodeProblem } from "./node-version.ts";

test.each(["22.21.0", "22.23.3", "24.9.0", "24.21.0", "25.0.0", "26.1.0"])("Node %s is enough", (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

test.each(["18.20.0", "20.20.2", "22.13.0", "22.20.0", "23.11.1", "24.8.0"])("Node %s is not", (version) => {
  expect(nodeProblem(version)).toBe(`expected Node ^22.21.0 || >=24.9.0, but this is ${version}`);
});

test("the package says the same", () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(manifest).toMatchObject({ engines: { node: NODE_VERSIONS } });
});
