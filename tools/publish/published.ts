import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../root.ts";

/** The fields of a manifest that the checks use. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A published package in this repository. */
export interface PublishedPackage {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** A module that consumers import. */
export interface EntryPoint {
  /** As in an import: `@curfew/client/vnc`. */
  readonly specifier: string;
  /** Absolute path of its declarations, as built. */
  readonly types: string;
}

/** The packages of `packages/` that are not private. */
export async function publishedPackages(): Promise<PublishedPackage[]> {
  const folder = join(ROOT, "packages");
  const names = (await readdir(folder)).toSorted();
  const all = await Promise.all(names.map(async (name) => readPackage(join(folder, name))));
  return all.filter(({ manifest }) => manifest.private !== true);
}

/** Everything of a package that has declarations. */
export function entryPoints({ folder, manifest }: PublishedPackage): EntryPoint[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const types = typeof target === "string" ? undefined : target["types"];
    return types === undefined ? [] : [{ specifier: join(manifest.name, subpath), types: join(folder, types) }];
  });
}

async function readPackage(folder: string): Promise<PublishedPackage> {
  return { folder, manifest: JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest };
}
