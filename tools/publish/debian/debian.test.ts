import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../root.ts";
import type { Manifest } from "../published.ts";
import { packTarballs } from "../tarballs/pack.ts";
import { buildDebianPackage, debianVersion } from "./build.ts";

const run = promisify(execFile);

/** Packing takes ten seconds, and more on a busy machine. */
const SLOW_MS = 180_000;

const PROXY = join(ROOT, "packages/proxy");

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

test.each([
  ["0.1.0-dev", "0.1.0~dev-1"],
  ["1.2.3-rc.1", "1.2.3~rc.1-1"],
  ["1.2.3", "1.2.3-1"],
])("npm's version %s is Debian's %s", (npm, debian) => {
  expect(debianVersion(npm)).toBe(debian);
});

describe.skipIf(process.platform !== "linux")("the Debian package", () => {
  let folder: string;
  let file: string;
  /** Its files, as installed. */
  let root: string;
  let paths: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "curfew-debian-"));
    root = join(folder, "root");
    file = await buildDebianPackage({ tarballs: await packTarballs(folder), folder, date: 1_700_000_000 });
    await run("dpkg-deb", ["--raw-extract", file, root]);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  }, SLOW_MS);
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  test("runs its own Node with the gateway of this version", async () => {
    const { version } = await readManifest(PROXY);
    const wrapper = await readFile(join(root, "usr/bin/curfew"), "utf8");
    const [, node = "", program = ""] = /^exec (\S+) (\S+) "\$@"$/mu.exec(wrapper) ?? [];
    expect((await run(join(root, node), ["--version"])).stdout).toBe(`${process.version}\n`);
    // What is loaded only when it is needed is there as well.
    const gateway = join(root, program, "../../..");
    const { dependencies = {} } = await readManifest(gateway);
    const imports = `await Promise.all(${JSON.stringify(Object.keys(dependencies))}.map((name) => import(name)))`;
    await run(join(root, node), ["--input-type=module", "--eval", imports], { cwd: gateway, env: {} });
    const { stdout } = await run(join(root, node), [join(root, program), "--version"], { env: {} });
    expect(stdout).toBe(`${version}\n`);
    expect((await run("dpkg-deb", ["--field", file, "Version"])).stdout).toBe(`${debianVersion(version)}\n`);
  });

  test("has each command of the npm package with its manual, and the program that the unit starts", async () => {
    const commands = Object.keys((await readManifest(PROXY)).bin ?? {});
    expect(await readdir(join(root, "usr/bin"))).toEqual(commands);
    expect(await readdir(join(root, "usr/share/man/man1"))).toEqual(commands.map((name) => `${name}.1.gz`).toSorted());
    const units = join(root, "usr/lib/systemd/system");
    expect(await readdir(units)).toEqual(["curfew-admin.socket", "curfew.service", "curfew.socket"]);
    const unit = await readFile(join(units, "curfew.service"), "utf8");
    const [, program = "", config = ""] = /^ExecStart=(\S+) serve --config (\S+)$/mu.exec(unit) ?? [];
    expect(existsSync(join(root, program))).toBe(true);
    expect(existsSync(join(root, config))).toBe(true);
  });

  test("rotates its logs as the user who can write their folder, never as root", async () => {
    const unit = await readFile(join(root, "usr/lib/systemd/system/curfew.service"), "utf8");
    const [user, group] = ["User", "Group"].map((name) => new RegExp(`^${name}=(.+)$`, "mu").exec(unit)?.[1]);
    expect(await readFile(join(root, "etc/logrotate.d/curfew"), "utf8")).toContain(`\n\tsu ${user} ${group}\n`);
  });

  test("has a configuration without a secret, which the gateway accepts", async () => {
    const node = join(root, "usr/lib/curfew/bin/node");
    const main = join(root, "usr/lib/curfew/node_modules/@curfew/proxy/dist/cli/main.js");
    const config = join(root, "etc/curfew/curfew.yaml");
    const { stderr } = await run(node, [main, "config", "check", "--config", config], { env: {} });
    // systemd makes these folders.
    const folders = /^curfew: warning: .* \/(?:run|var\/(?:lib|log))\/curfew does not exist$/gmu;
    expect(stderr.replace(folders, "").trim()).toBe("");
    expect(await readFile(config, "utf8")).not.toMatch(/^\s*(?:key|keys|sha256):/mu);
    const conffiles = await readFile(join(root, "DEBIAN/conffiles"), "utf8");
    expect(conffiles).toBe("/etc/curfew/curfew.yaml\n/etc/logrotate.d/curfew\n");
  });

  test("has the console page, and nothing that only development needs, or that others may write", async () => {
    const gateway = join(root, "usr/lib/curfew/node_modules/@curfew/proxy");
    expect(existsSync(join(gateway, "page/index.html"))).toBe(true);
    expect(paths.filter((path) => /\.(?:ts|map)$|\/\.[^/]+$/u.test(path)).map((path) => relative(root, path))).toEqual(
      [],
    );
    const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o777));
    expect(new Set(modes)).toEqual(new Set([0o644, 0o755]));
    expect((await stat(file)).size).toBeLessThan(40_000_000);
  });

  test("names the terms of each package in it", async () => {
    const copyright = await readFile(join(root, "usr/share/doc/curfew/copyright"), "utf8");
    const manifests = paths.filter((path) => /\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/u.test(path));
    const folders = manifests.map((path) => relative(root, join(path, "..")));
    const own = folders.filter((path) => path.includes("@curfew/"));
    expect(own).toHaveLength(2);
    expect(folders.filter((path) => !own.includes(path) && !copyright.includes(`Files: ${path}/*\n`))).toEqual([]);
    expect(copyright).toContain("Node.js is licensed for use as follows");
  });
});
