import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../root.ts";
import { thisMachine } from "./machine.ts";

/** The folder with the program of a version of Node that {@link fetchNode} has fetched. */
export function nodeFolder(version: string): string {
  return join(folderOf(version), "node_modules/node/bin");
}

/** Fetches a version of Node into .cache, from npm as the repository's own. Quick when it is there. */
export async function fetchNode(version: string): Promise<void> {
  if (existsSync(join(nodeFolder(version), "node"))) return;
  const folder = folderOf(version);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { node: version } }));
  // Its install step unpacks the program.
  await writeFile(join(folder, "pnpm-workspace.yaml"), "allowBuilds:\n  node: true\n");
  thisMachine.say(`Set-up: fetching Node ${version} into .cache.`);
  await thisMachine.run("pnpm", ["install", "--prefer-offline"], folder);
}

function folderOf(version: string): string {
  return join(CACHE, "node-versions", version);
}
