import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { Client } from "../../../packages/proxy/test/support/client.ts";
import { buildDebianPackage } from "../debian/build.ts";
import type { Tarball } from "../tarballs/pack.ts";
import type { Chroot } from "./chroot.ts";

const run = promisify(execFile);

export const CONFIG = "/etc/curfew/curfew.yaml";

/** The package of a version before: with another configuration, as an older one might have. */
export async function makePredecessor(file: string, folder: string): Promise<string> {
  const root = join(folder, "before");
  await run("dpkg-deb", ["--raw-extract", file, root]);
  const control = join(root, "DEBIAN/control");
  await writeFile(control, (await readFile(control, "utf8")).replace(/^Version: .*$/mu, "Version: 0.0.9-1"));
  const config = join(root, CONFIG);
  await writeFile(config, (await readFile(config, "utf8")).replace(/^#.*\n/u, "# Of the version before.\n"));
  const before = join(folder, "curfew_0.0.9-1.deb");
  await run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", root, before]);
  return before;
}

/** The package, and one of the version before. */
export async function makePackages(
  tarballs: readonly Tarball[],
  folder: string,
): Promise<{ file: string; before: string }> {
  const build = async (name: string): Promise<string> =>
    await buildDebianPackage({ tarballs, folder: join(folder, name), date: 1_700_000_000 });
  const [file, again] = [await build("one"), await build("two")];
  expect((await readFile(file)).equals(await readFile(again)), "two packages of the same files are identical").toBe(
    true,
  );
  const { stdout: remarks } = await run("lintian", ["--fail-on", "none", "--allow-root", file]);
  expect(remarks).toBe("");
  return { file, before: await makePredecessor(file, folder) };
}

/**
 * Installs a package as an administrator does, who keeps the configuration.
 *
 * @param system - runs it. @defaultValue the chroot, without systemd
 * @returns what is printed.
 */
export async function aptInstall(chroot: Chroot, file: string, system: Pick<Chroot, "run"> = chroot): Promise<string> {
  const path = await chroot.add(file);
  const install = "apt-get install -y --no-install-recommends --reinstall -o Dpkg::Options::=--force-confold";
  const printed = await system.run("sh", "-c", `${install} ${path} 2>&1`);
  await rm(join(chroot.folder, path));
  return printed;
}

/** Opens the console as a viewer does, up to the name of the desktop. */
export async function openDesktop(host: string, token: string): Promise<string> {
  using client = new Client(host, token, { protocols: ["binary"] });
  const version = Buffer.from("RFB 003.008\n");
  await client.bytes(version.length);
  client.socket.send(version);
  await client.bytes(version.length + 2);
  // No security, and the console shared.
  client.socket.send(Buffer.of(1));
  client.socket.send(Buffer.of(1));
  const beforeName = version.length + 2 + 4 + 24;
  await client.bytes(beforeName + 1);
  return Buffer.concat(client.head).subarray(beforeName).toString();
}
