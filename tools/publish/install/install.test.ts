import { mkdtempDisposable, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTigerVnc } from "../../../packages/testing/src/real/tigervnc.ts";
import { packTarballs } from "../tarballs/pack.ts";
import { Chroot, whyNoChroot } from "./chroot.ts";
import { aptInstall, CONFIG, makePackages, openDesktop } from "./package.ts";
import { Service } from "./service.ts";

const TOKENS = "/var/lib/curfew/tokens.db";
const AUDIT = "/var/log/curfew/audit.jsonl";

const obstacle = whyNoChroot();
if (obstacle !== undefined) console.error(`The Debian package is not installed anywhere: ${obstacle}.`);

/** A person's account or group of the package's name is neither used nor removed. */
async function expectPeopleToKeepTheirAccounts(chroot: Chroot, file: string): Promise<void> {
  const path = await chroot.add(file);
  for (const [command, database] of [
    ["user", "passwd"],
    ["group", "group"],
  ] as const) {
    await chroot.run(`${command}add`, "curfew");
    await expect(chroot.run("dpkg", "--install", path)).rejects.toThrow(`${database} has that name with the id 1000`);
    await chroot.run("dpkg", "--purge", "curfew");
    expect(await chroot.run("getent", database, "curfew")).toContain(":1000:");
    await chroot.run(`${command}del`, "curfew");
  }
  await rm(join(chroot.folder, path));
}

/** What is mounted in the package's folders is not deleted, nor is its owner. */
async function expectPurgeToKeepMounts(chroot: Chroot, file: string): Promise<void> {
  await aptInstall(chroot, file);
  // Each command has mounts of its own.
  const mounted = "mkdir /var/lib/curfew/archive && cd /var/lib/curfew/archive && mount -t tmpfs none . && cd $PWD";
  const purge = "touch kept && dpkg --purge curfew 2>&1 && ls kept && getent passwd curfew";
  const printed = await chroot.run("sh", "-c", `${mounted} && ${purge}`);
  expect(printed).toContain("the user curfew stays, because these were not removed: /var/lib/curfew\n");
  expect(printed).toMatch(/^kept\ncurfew:/mu);
}

async function modeOf(chroot: Chroot, path: string): Promise<string> {
  return (await chroot.run("stat", "--format=%a %U:%G", path)).trim();
}

test.skipIf(obstacle !== undefined)(
  "the Debian package is installed, opens a desktop, is upgraded with its tokens and audit trail, and purged",
  { timeout: 600_000 },
  async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-install-"));
    const tarballs = await packTarballs(folder.path);
    const making = Chroot.create();
    const { file, before } = await makePackages(tarballs, folder.path).catch(async (error: unknown) => {
      await (await making)[Symbol.asyncDispose]();
      throw error;
    });
    await using chroot = await making;
    await using desktop = await startTigerVnc({ client: "none" });
    await expectPeopleToKeepTheirAccounts(chroot, file);
    const empty = await chroot.contents();

    await aptInstall(chroot, before);
    expect(await modeOf(chroot, CONFIG)).toBe("640 root:curfew");
    expect(await modeOf(chroot, "/etc/curfew")).toBe("750 root:curfew");
    expect(await modeOf(chroot, "/var/lib/curfew")).toBe("700 curfew:curfew");
    expect(await modeOf(chroot, "/var/log/curfew")).toBe("750 curfew:curfew");
    expect(await chroot.run("readlink", "/etc/systemd/system/multi-user.target.wants/curfew.service")).toContain(
      "curfew",
    );
    // The network is this machine's, whose ports may be in use.
    const changed = (await chroot.read(CONFIG)).replaceAll(/127\.0\.0\.1:608[01]/gu, "127.0.0.1:0");
    await writeFile(join(chroot.folder, CONFIG), changed);

    let token: string;
    {
      await using service = await Service.start(chroot);
      const target = `${desktop.host}:${desktop.port}`;
      const request = ["--type", "vnc", "--target", target, "--instance", "vm-1", "--user", "ada", "--json"];
      const issued = await chroot.run("curfew", "token", "create", "--config", CONFIG, ...request);
      ({ token } = JSON.parse(issued) as { token: string });
      expect(await openDesktop(service.host, token)).toMatch(/\S/u);
      expect(await service.stop()).toBe(0);
    }

    await aptInstall(chroot, file);
    expect(await chroot.read(CONFIG)).toBe(changed);
    expect(await modeOf(chroot, CONFIG)).toBe("640 root:curfew");
    {
      await using service = await Service.start(chroot);
      expect(await openDesktop(service.host, token)).toMatch(/\S/u);
      expect(await service.stop()).toBe(0);
    }
    const audit = await chroot.run("curfew", "audit", "--config", CONFIG, "--instance", "vm-1", "--json");
    expect(JSON.parse(audit)).toMatchObject([{ user: "ada" }, { user: "ada" }]);

    await chroot.run("apt-get", "remove", "-y", "curfew");
    for (const kept of [CONFIG, TOKENS, AUDIT]) expect((await stat(join(chroot.folder, kept))).isFile()).toBe(true);
    await chroot.run("apt-get", "purge", "-y", "curfew");
    expect(await chroot.contents()).toEqual(empty);
    await expectPurgeToKeepMounts(chroot, file);
  },
);
