import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client } from "../../../packages/proxy/test/support/client.ts";
import { freePort } from "../../../packages/testing/src/real/ports.ts";
import { blocksIn } from "../../documents/markdown.ts";
import { ROOT } from "../../root.ts";
import { buildDebianPackage } from "../debian/build.ts";
import { packTarballs } from "../tarballs/pack.ts";
import { Chroot, whyNoChroot } from "./chroot.ts";
import { Machine, whyNoMachine } from "./machine.ts";
import { aptInstall, CONFIG, makePredecessor } from "./package.ts";
import { expectOpen, Running, startEcho } from "./running.ts";

const KEY = "key-that-only-root-can-read";
const AUDIT = "/var/log/curfew/audit.jsonl";

/** A port below 1024 of an address that nothing else uses. */
const LOW = "127.0.67.43:443";

const obstacle = whyNoChroot() ?? whyNoMachine();
if (obstacle !== undefined) console.error(`The package is not run by systemd: ${obstacle}.`);

/** The drop-in of docs/operating.md that has a text. */
async function documented(text: string): Promise<string> {
  const document = await readFile(join(ROOT, "docs/operating.md"), "utf8");
  const found = blocksIn(document).find(({ language, code }) => language === "ini" && code.includes(text));
  if (found === undefined) throw new Error(`docs/operating.md has no drop-in with ${text}`);
  return found.code;
}

/** A package is installed where an administrator has written the configuration before. */
async function install(chroot: Chroot, machine: Machine, file: string): Promise<Running> {
  const host = `127.0.0.1:${await freePort()}`;
  const config = await readFile(join(ROOT, "packaging/debian/curfew.yaml"), "utf8");
  await machine.run("mkdir", "/etc/curfew");
  const ports = config.replace("127.0.0.1:6080", host).replace("127.0.0.1:6081", `127.0.0.1:${await freePort()}`);
  await writeFile(join(chroot.folder, CONFIG), `${ports}\nsessions: { drain_timeout: 1 }\n`);
  await aptInstall(chroot, file, machine);
  const running = new Running(chroot, machine, host);
  expect(await running.property("ActiveState"), await running.journal()).toBe("active");
  expect(await running.property("StatusText")).toBe("accepts sessions");
  expect(await running.property("UnitFileState")).toBe("enabled");
  return running;
}

/** A wrong configuration changes nothing; a right one is taken, also with a secret that only root can read. */
async function expectReloads(running: Running, target: string): Promise<void> {
  using client = await running.open(target);
  await running.configure(/^listen:/mu, "listn:");
  await expect(running.systemctl("reload")).rejects.toThrow("Job for curfew.service failed");
  expect(await running.journal("--priority=err")).toContain("listn: there is no such option");
  await running.configure(/^listn:/mu, "listen:");
  await running.configure("drain_timeout: 1 ", "drain_timeout: 2 ");
  await running.systemctl("reload");
  await running.untilSaid('"changed":["sessions.drain_timeout"]');
  await expectOpen(client);

  const secret = "/etc/curfew/admin-key";
  await running.machine.run("sh", "-c", `umask 077; echo ${KEY} >${secret}`);
  await running.edit(`[Service]\nLoadCredential=admin-key:${secret}\n`);
  await running.configure("\nadmin:\n", "\nadmin:\n  key_file: credential:admin-key\n");
  await running.systemctl("restart");
  expect(await client.closed).toEqual({ code: 4200, reason: "server_draining" });
  await running.systemctl("reload");
  await running.machine.run("curfew", "config", "check", "--config", CONFIG);
  using again = await running.open(target);
  await expectOpen(again);
}

/** A process that hangs is killed and started again; a configuration that is wrong is not tried again. */
async function expectRestarts(running: Running): Promise<void> {
  await running.edit("[Service]\nWatchdogSec=10\n");
  await running.configure("\n  key_file: credential:admin-key", "");
  await running.systemctl("restart");
  await running.machine.run("sh", "-c", `kill -STOP ${await running.property("MainPID")}`);
  await running.until("NRestarts", "1");
  await running.until("ActiveState", "active");
  await running.edit("");

  await running.configure(/^listen:/mu, "listn:");
  await expect(running.systemctl("restart")).rejects.toThrow("Job for curfew.service failed");
  expect(await running.property("ActiveState")).toBe("failed");
  expect(await running.property("ExecMainStatus")).toBe("78");
  await running.configure(/^listn:/mu, "listen:");
  await running.systemctl("start");
}

/** An upgrade that could not start leaves the old version alone; one that can drains it and starts once. */
async function expectUpgrade(running: Running, chroot: Chroot, file: string, target: string): Promise<void> {
  using client = await running.open(target);
  const before = await running.property("MainPID");
  await running.configure(/^listen:/mu, "listn:");
  expect(await aptInstall(chroot, file, running.machine)).toContain("this version does not accept the configuration");
  expect(await running.property("MainPID")).toBe(before);
  await expectOpen(client);
  await running.configure(/^listn:/mu, "listen:");
  await aptInstall(chroot, file, running.machine);
  expect(await client.closed).toEqual({ code: 4200, reason: "server_draining" });
  expect(await running.property("ActiveState")).toBe("active");
  expect(await running.property("MainPID")).not.toBe(before);
  expect(await running.property("NRestarts")).toBe("0");
}

/** What the sandbox must not prevent: workers, recordings, the audit file after its rotation, sockets of others, 443. */
async function expectSandboxToSuffice(running: Running, chroot: Chroot): Promise<void> {
  const { machine } = running;
  await machine.run("useradd", "--system", "--user-group", "libvirt-qemu");
  await machine.run("install", "-d", "-o", "libvirt-qemu", "-g", "libvirt-qemu", "-m", "0750", "/run/consoles");
  const echo =
    "process.umask(0o007); net.createServer((s) => s.on('error', () => {}).pipe(s)).listen('/run/consoles/vm-2')";
  const service = ["--unit=console", "--property=User=libvirt-qemu", "/usr/lib/curfew/bin/node", "--eval", echo];
  await machine.run("systemd-run", ...service);
  await running.edit(`${await documented("CAP_NET_BIND")}\n${await documented("SupplementaryGroups=")}`);
  const sources = "tokens: { sources: [{ type: unix_directory, path: /run/consoles }] }";
  const more = [
    "workers: 2",
    "record: /var/log/curfew/console",
    'targets: { allow: ["unix:/run/consoles/"] }',
    sources,
  ];
  await running.configure(/^listen: .*$/mu, `listen: ${LOW}\n${more.join("\n")}\nlog: { syslog: /dev/log }`);
  await running.configure("\naudit:\n", "\naudit:\n  required: true\n");
  await machine.run("logrotate", "--force", "/etc/logrotate.d/curfew");
  await running.systemctl("restart");
  using client = new Client(LOW, "vm-2");
  await client.message("hello");
  await expectOpen(client);
  const { sessions } = JSON.parse(
    await machine.run("curfew", "session", "list", "--config", CONFIG, "--json").then((text) => `{"sessions":${text}}`),
  ) as { sessions: readonly { readonly id: string }[] };
  expect(await machine.run("ls", "/var/log/curfew")).toContain(`console.${sessions[0]?.id}\n`);
  expect(await chroot.read(AUDIT)).toContain('"session_opened"');
  expect(await chroot.read(`${AUDIT}.1`)).toContain('"session_opened"');
}

test.skipIf(obstacle !== undefined)(
  "systemd starts, watches, reloads, restarts and upgrades the service, and leaves it what it needs",
  { timeout: 900_000 },
  async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-systemd-"));
    const tarballs = await packTarballs(folder.path);
    const file = await buildDebianPackage({ tarballs, folder: folder.path, date: 1_700_000_000 });
    const before = await makePredecessor(file, folder.path);
    await using chroot = await Chroot.create(["systemd-sysv", "dbus", "logrotate"]);
    using echo = await startEcho();
    {
      await using machine = await Machine.boot(chroot);
      const running = await install(chroot, machine, before);
      await expectReloads(running, echo.target);
      await expectRestarts(running);
      await expectUpgrade(running, chroot, file, echo.target);
      await expectSandboxToSuffice(running, chroot);
    }
    // A boot starts it, too.
    await using machine = await Machine.boot(chroot);
    const running = new Running(chroot, machine, LOW);
    await running.until("ActiveState", "active");
    await running.systemctl("enable", "curfew.socket");
    await machine.run("apt-get", "purge", "-y", "curfew");
    expect(await machine.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "curfew*")).toBe("");
    expect(await machine.run("find", "/etc/systemd/system", "/var/lib/systemd", "/run", "-name", "*curfew*")).toBe(
      "/etc/systemd/system/curfew.service.d\n",
    );
  },
);
