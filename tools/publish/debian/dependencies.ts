import { chmod, copyFile, mkdir, readdir, readFile, realpath } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest } from "../published.ts";

/** A package of npm, as it is installed in the workspace. */
export interface Dependency {
  /** Absolute path, without symbolic links. */
  readonly folder: string;
  readonly manifest: Manifest & { readonly license?: string; readonly optionalDependencies?: Record<string, string> };
}

/** What a package does without at run time: at its top, and anywhere in it. */
const UNUSED_AT_TOP = /^(?:node_modules|bench(?:marks?)?|coverage|docs?|docsify|examples?|tests?|.*\.(?:html|sh))$/u;
const UNUSED = /\.(?:map|markdown|[cm]?ts|tsbuildinfo|flow)$|(?<!licen[cs]e|notice)\.md$|^\./iu;

/** Native modules for other systems: `prebuilds/<system>-<architecture>`. */
const PREBUILDS = "prebuilds";

/** The production dependencies of a package with theirs, in the versions of the lock file, each once. */
export async function productionDependencies(folder: string): Promise<Dependency[]> {
  const found = new Map<string, Dependency>();
  const visit = async (path: string): Promise<void> => {
    const dependency = await readDependency(path);
    const { manifest } = dependency;
    const known = found.get(manifest.name);
    if (known?.folder === dependency.folder) return;
    if (known !== undefined) throw new Error(`two versions of ${manifest.name}: ${known.folder}, ${dependency.folder}`);
    found.set(manifest.name, dependency);
    await visitAll(dependency);
  };
  const visitAll = async ({ folder: own, manifest }: Dependency): Promise<void> => {
    // pnpm has the dependencies of a package in its workspace in its own folder, and those of others beside them.
    const parents = [join(own, "node_modules"), own.slice(0, -manifest.name.length)];
    const optional = Object.keys(manifest.optionalDependencies ?? {});
    for (const name of [...Object.keys(manifest.dependencies ?? {}), ...optional]) {
      const path = parents.map((parent) => join(parent, name)).find((candidate) => existsSync(candidate));
      if (path !== undefined) await visit(path);
      else if (!optional.includes(name)) throw new Error(`${manifest.name} needs ${name}, which is not installed`);
    }
  };
  await visitAll(await readDependency(folder));
  return [...found.values()].toSorted((left, right) => left.manifest.name.localeCompare(right.manifest.name, "en"));
}

/** Copies the files of a package that are used at run time. */
export async function copyPackage(from: string, to: string): Promise<void> {
  await copyFolder(from, to, (name) => !UNUSED_AT_TOP.test(name));
}

/** Copies a file, which anyone may read. */
export async function copyTo(from: string, to: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, mode);
}

async function copyFolder(from: string, to: string, isUsed = (_name: string): boolean => true): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    if (UNUSED.test(name) || !isUsed(name)) continue;
    const paths = [join(from, name), join(to, name)] as const;
    if (entry.isFile()) await copyTo(...paths);
    else if (name === PREBUILDS)
      await copyFolder(...paths, (system) => system === `${process.platform}-${process.arch}`);
    else if (entry.isDirectory()) await copyFolder(...paths);
  }
}

async function readDependency(path: string): Promise<Dependency> {
  const folder = await realpath(path);
  return {
    folder,
    manifest: JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Dependency["manifest"],
  };
}
