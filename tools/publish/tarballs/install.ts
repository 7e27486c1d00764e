import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../root.ts";
import type { Tarball } from "./pack.ts";

interface ConsumerManifest {
  dependencies?: Record<string, string>;
}

/**
 * Installs dependencies in a folder outside of the workspace that has a `package.json`: our packages from tarballs,
 * others in the version of the workspace's catalog.
 * @param dependencies - names, in place of those that the manifest has.
 */
export async function installTarballs(
  folder: string,
  tarballs: readonly Tarball[],
  dependencies?: readonly string[],
): Promise<void> {
  const files = new Map(tarballs.map(({ manifest, file }) => [manifest.name, `file:${file}`]));
  const manifestFile = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(manifestFile, "utf8")) as ConsumerManifest;
  const names = dependencies ?? Object.keys(manifest.dependencies ?? {});
  manifest.dependencies = Object.fromEntries(names.map((name) => [name, files.get(name) ?? "catalog:"]));
  await writeFile(manifestFile, JSON.stringify(manifest));
  // The packages depend on each other by version, and these are on no registry yet.
  const overrides = [...files].map(([name, file]) => `  "${name}": ${file}`).join("\n");
  await writeFile(join(folder, "pnpm-workspace.yaml"), `${await sharedSettings()}\noverrides:\n${overrides}\n`);
  await runPnpm(folder, "install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile");
}

/** Runs pnpm in a folder. @throws Error with its output, when it fails. */
export async function runPnpm(folder: string, ...args: readonly string[]): Promise<void> {
  // Packages are used as they are published.
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_OPTIONS: "" };
  try {
    await promisify(execFile)("pnpm", args, { cwd: folder, env });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`pnpm ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}

/** The workspace's versions, and which packages may run scripts. */
async function sharedSettings(): Promise<string> {
  const settings = await readFile(join(ROOT, "pnpm-workspace.yaml"), "utf8");
  return settings.slice(settings.indexOf("allowBuilds:"));
}
