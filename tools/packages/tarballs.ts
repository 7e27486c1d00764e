import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Manifest, type PublishedPackage, publishedPackages } from "./published.ts";

const run = promisify(execFile);

/** A package as it would be published. */
export interface Tarball {
  readonly published: PublishedPackage;
  /** The manifest in it, with which workspace and catalog versions were replaced. */
  readonly manifest: Manifest;
  /** Absolute path of the `.tgz` file. */
  readonly file: string;
  /** Absolute path of the folder with its content. */
  readonly content: string;
  /** The paths in it. */
  readonly paths: readonly string[];
}

/** Packs all published packages into `folder` with pnpm, from what is built, and unpacks them there. */
export async function packTarballs(folder: string): Promise<readonly Tarball[]> {
  return Promise.all((await publishedPackages()).map(async (published) => pack(published, folder)));
}

async function pack(published: PublishedPackage, folder: string): Promise<Tarball> {
  const name = published.manifest.name.replace("@", "").replace("/", "-");
  const file = join(folder, `${name}-${published.manifest.version}.tgz`);
  await run("pnpm", ["pack", "--pack-destination", folder], { cwd: published.folder });
  await run("tar", ["-xzf", file, "-C", folder, `--transform=s,^package,${name},`]);
  const content = join(folder, name);
  const { stdout } = await run("tar", ["-tzf", file]);
  const manifest = JSON.parse(await readFile(join(content, "package.json"), "utf8")) as Manifest;
  const paths = stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//u, ""))
    .toSorted();
  return { published, manifest, file, content, paths };
}
