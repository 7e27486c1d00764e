import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtempDisposable, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { ROOT } from "../../root.ts";
import type { Tarball } from "../tarballs/pack.ts";
import { composeCopyright } from "./copyright.ts";
import { copyPackage, copyTo, productionDependencies } from "./dependencies.ts";

const run = promisify(execFile);

const SOURCES = join(ROOT, "packaging/debian");

/** Where the gateway is installed. */
const HOME = "usr/lib/curfew";
const GATEWAY = "@curfew/proxy";

/** The sockets are not enabled. */
const UNITS = ["curfew.service", "curfew.socket", "curfew-admin.socket"];

/** Debian's names of architectures, by Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The default level takes a minute for 14 % less. */
const COMPRESSION = ["-Zxz", "-z1"];

/** How a Debian package is built. */
export interface DebianOptions {
  /** The packages as published, with the console page. */
  readonly tarballs: readonly Tarball[];
  /** Takes the package. */
  readonly folder: string;
  /** When it was made, in seconds since the epoch (`SOURCE_DATE_EPOCH`). Two with the same content are identical. */
  readonly date: number;
  /** Debian's version. @defaultValue that of the packages */
  readonly version?: string;
}

/**
 * Builds the Debian package of the gateway, with its dependencies and the Node that the repository uses, for the
 * architecture of this machine.
 * @returns its path.
 */
export async function buildDebianPackage({ tarballs, folder, date, version }: DebianOptions): Promise<string> {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new Error(`expected Linux on x64 or arm64, but this is ${process.platform} on ${process.arch}`);
  }
  const gateway = tarballs.find(({ manifest }) => manifest.name === GATEWAY);
  if (gateway?.paths.includes("page/index.html") !== true) throw new Error(`the tarball of ${GATEWAY} has no page`);
  const own = version ?? debianVersion(gateway.manifest.version);
  await using root = await mkdtempDisposable(join(tmpdir(), "curfew-deb-"));
  // What dpkg-deb packs has the permissions that it finds.
  await chmod(root.path, 0o755);
  await copyProgram(root.path, tarballs, gateway);
  await copyDocuments(root.path, { version: own, date });
  await writeControl(root.path, { VERSION: own, ARCHITECTURE: architecture });
  await makeReadable(root.path);
  const file = join(folder, `curfew_${own}_${architecture}.deb`);
  await mkdir(folder, { recursive: true });
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(date) };
  await run("dpkg-deb", ["--root-owner-group", ...COMPRESSION, "--build", root.path, file], { env });
  return file;
}

/** What precedes 0.1.0 in npm, 0.1.0-dev, also precedes it in Debian. */
export function debianVersion(version: string): string {
  return `${version.replace("-", "~")}-1`;
}

async function copyProgram(root: string, tarballs: readonly Tarball[], gateway: Tarball): Promise<void> {
  const modules = join(root, HOME, "node_modules");
  const dependencies = await productionDependencies(gateway.published.folder);
  const published = new Map(tarballs.map(({ manifest, content }) => [manifest.name, content]));
  await copyPackage(gateway.content, join(modules, GATEWAY));
  for (const { folder, manifest } of dependencies) {
    await copyPackage(published.get(manifest.name) ?? folder, join(modules, manifest.name));
  }
  await copyTo(process.execPath, join(root, HOME, "bin/node"), 0o755);
  await run("strip", ["--strip-unneeded", join(root, HOME, "bin/node")]);
  for (const [name, path] of Object.entries(gateway.manifest.bin ?? {})) {
    const program = join("/", HOME, "node_modules", GATEWAY, path);
    await writeTo(join(root, "usr/bin", name), `#!/bin/sh\nexec /${HOME}/bin/node ${program} "$@"\n`, 0o755);
    const page = name === "curfew" ? undefined : ".so man1/curfew.1\n";
    if (page !== undefined) await writeTo(join(root, `usr/share/man/man1/${name}.1.gz`), gzip(page));
  }
  const foreign = dependencies.filter(({ manifest }) => !published.has(manifest.name));
  const license = `node-${process.versions.node}-license.txt.gz`;
  const terms = await readFile(join(SOURCES, license)).catch((cause: unknown) => {
    throw new Error(`packaging/debian/${license} is missing: the file LICENSE of this version of Node`, { cause });
  });
  await writeTo(
    join(root, "usr/share/doc/curfew/copyright"),
    await composeCopyright(foreign, gunzipSync(terms).toString()),
  );
}

async function copyDocuments(root: string, { version, date }: { version: string; date: number }): Promise<void> {
  const fill = (text: string): string =>
    text.replaceAll("@VERSION@", version).replace("@DATE@", new Date(date * 1000).toISOString().slice(0, 10));
  const copies = {
    "curfew.yaml": "etc/curfew/curfew.yaml",
    logrotate: "etc/logrotate.d/curfew",
    "lintian-overrides": "usr/share/lintian/overrides/curfew",
    ...Object.fromEntries(UNITS.map((name) => [`../systemd/${name}`, `usr/lib/systemd/system/${name}`])),
  };
  for (const [from, to] of Object.entries(copies)) await copyTo(join(SOURCES, from), join(root, to));
  const manual = await readFile(join(SOURCES, "curfew.1"), "utf8");
  await writeTo(join(root, "usr/share/man/man1/curfew.1.gz"), gzip(fill(manual)));
  const changelog = [
    `curfew (${version}) unstable; urgency=medium`,
    "  * See the changes of @curfew/proxy.",
    ` -- Curfew maintainers <maintainers@curfew.invalid>  ${formatDate(date)}`,
  ];
  await writeTo(join(root, "usr/share/doc/curfew/changelog.Debian.gz"), gzip(`${changelog.join("\n\n")}\n`));
}

/** What dpkg knows about the package: its fields, the files of the administrator, checksums, and scripts. */
async function writeControl(root: string, values: Readonly<Record<string, string>>): Promise<void> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .toSorted();
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(root, file))).size));
  const kib = sizes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0);
  const control = Object.entries({ ...values, SIZE: String(kib) }).reduce(
    (text, [name, value]) => text.replaceAll(`@${name}@`, value),
    await readFile(join(SOURCES, "control"), "utf8"),
  );
  const target = join(root, "DEBIAN");
  await writeTo(join(target, "control"), control);
  const conffiles = files.filter((file) => file.startsWith("etc/")).map((file) => `/${file}\n`);
  await writeTo(join(target, "conffiles"), conffiles.join(""));
  const sums = await Promise.all(
    files
      .filter((file) => !file.startsWith("etc/"))
      .map(
        async (file) =>
          `${createHash("md5")
            .update(await readFile(join(root, file)))
            .digest("hex")}  ${file}\n`,
      ),
  );
  await writeTo(join(target, "md5sums"), sums.join(""));
  for (const script of ["preinst", "postinst", "prerm", "postrm"])
    await copyTo(join(SOURCES, script), join(target, script), 0o755);
}

/** Folders have the permissions of the process's umask. */
async function makeReadable(root: string): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
}

async function writeTo(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
}

/** Without a time in it. */
function gzip(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

/** As in RFC 5322, in UTC. */
function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace("GMT", "+0000");
}
