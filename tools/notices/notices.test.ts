import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../root.ts";
import { COMPONENTS, NOT_IN_PAGES } from "./components.ts";
import { composeNotices, NOTICES_FILE } from "./notices.ts";

test("the notices carry the versions and the terms of the installed packages", async () => {
  expect(await readFile(NOTICES_FILE, "utf8"), "out of date: run node tools/notices.ts").toBe(await composeNotices());
});

test("the notices name the versions of the catalog", async () => {
  const [notices, workspace] = await Promise.all([
    readFile(NOTICES_FILE, "utf8"),
    readFile(join(ROOT, "pnpm-workspace.yaml"), "utf8"),
  ]);
  for (const { name } of COMPONENTS) {
    const version = new RegExp(`^  "?${name}"?: (\\S+)$`, "mu").exec(workspace)?.[1];
    expect(notices).toContain(`\n## ${name} ${String(version)}\n`);
  }
});

test("everything that a page's package depends on has a notice, or is known to end up in no page", async () => {
  const known = new Set([...COMPONENTS.map(({ name }) => name), ...NOT_IN_PAGES]);
  const packages = ["packages/client", "packages/protocol", "apps/console"];
  const dependencies = (await Promise.all(packages.map(dependenciesOf))).flat();
  expect(dependencies.filter((name) => !name.startsWith("@curfew/") && !known.has(name))).toEqual([]);
});

async function dependenciesOf(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8")) as Partial<
    Record<"dependencies" | "devDependencies" | "peerDependencies", Readonly<Record<string, string>>>
  >;
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies });
}
