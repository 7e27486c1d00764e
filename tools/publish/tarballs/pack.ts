import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { type Manifest, type PublishedPackage, publishedPackages } from "../published.ts";

const run = promisify(execFile);

/** Names the folder in which a test run has packed the packages for all its steps. */
export const TARBALLS_VARIABLE = "CURFEW_TARBALLS";

/** A package as it would be published. */
export interface Tarball {
  readonly published: PublishedPackage;
  /** The manifest in it: versions stand in place of `workspace:` and `catalog:`. */
  readonly manifest: Manifest;
  /** Absolute path of the `.tgz` file. */
  readonly file: string;
  /** Absolute path of the folder with its content. */
  readonly content: string;
  /** The paths in it. */
  readonly paths: readonly string[];
}

/** The tarballs that this test run has packed; outside a run, packs them into `folder`. */
export async function packTarballs(folder: string): Promise<readonly Tarball[]> {
  const packed = process.env[TARBALLS_VARIABLE];
  if (packed === undefined) await packAll(folder);
  return Promise.all((await publishedPackages()).map(async (published) => read(published, packed ?? folder)));
}

/** Packs all published packages into `folder` with pnpm, from what is built, and unpacks them there. */
export async function packAll(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all((await publishedPackages()).map(async (published) => pack(published, folder)));
}

async function pack(published: PublishedPackage, folder: string): Promise<void> {
  const { file, content } = pathsOf(published, folder);
  await run("pnpm", ["pack", "--pack-destination", folder], { cwd: published.folder });
  await rm(content, { recursive: true, force: true }); // of an earlier run
  await mkdir(content);
  await run("tar", ["-xzf", file, "-C", content, "--strip-components=1"]);
}

async function read(published: PublishedPackage, folder: string): Promise<Tarball> {
  const { file, content } = pathsOf(published, folder);
  const manifest = JSON.parse(await readFile(join(content, "package.json"), "utf8")) as Manifest;
  const entries = await readdir(content, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(content, join(parentPath, name)))
    .toSorted();
  return { published, manifest, file, content, paths };
}

function pathsOf({ manifest: { name, version } }: PublishedPackage, folder: string): { file: string; content: string } {
  const content = join(folder, name.replace("@", "").replace("/", "-"));
  return { content, file: `${content}-${version}.tgz` };
}
