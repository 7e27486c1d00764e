import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { publishedPackages } from "./published.ts";

/**
 * Makes the next version of what the changesets say, and writes it wherever it is told: `npx pnpm@12 bump`. All
 * packages share one number.
 */
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const currentVersion = async (): Promise<string> => (await publishedPackages())[0]?.manifest.version ?? "";

const before = await currentVersion();
run("changeset", "version");
const version = await currentVersion();
const packaged = ["container/Containerfile", "container/compose.yaml", "helm/curfew/Chart.yaml"];
for (const path of [...packaged.map((name) => join("packaging", name)), "docs/install.md"]) {
  const file = join(ROOT, path);
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(before, version));
}
const source = join(ROOT, "packages/proxy/src/version.ts");
writeFileSync(source, readFileSync(source, "utf8").replace(/(?<=VERSION = ")[^"]*/u, version));
const openApi = join(ROOT, "docs/openapi.json");
const command = ["--conditions=@curfew/source", "packages/proxy/src/cli/main.ts", "openapi"];
writeFileSync(openApi, run("node", ...command));
run("oxfmt", openApi);
console.log(`The version is ${version}.`);
