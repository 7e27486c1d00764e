import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Chroot, ENVIRONMENT } from "./chroot.ts";

const run = promisify(execFile);

/** A container of its own, with the network of this machine. */
const NSPAWN = ["--quiet", "--register=no", "--console=read-only"];

/** Where the kernel has the control groups of processes, with one hierarchy or, beside others, with two. */
const CONTROL_GROUPS = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"];

/** What systemd prints when everything has started that a boot starts. */
const BOOTED = /Reached target .*multi-user/u;

/** Why systemd cannot be booted in a container here, as the end of a sentence; undefined if it can. */
export function whyNoMachine(): string | undefined {
  const { command, groups } = inContainer("curfew-probe", ["--directory=/", "--volatile=yes", "/usr/bin/true"]);
  const { error, status, stderr } = spawnSync("sh", command, { encoding: "utf8" });
  for (const group of groups) removeGroup(group);
  if (status === 127) return "systemd-nspawn is missing (Debian's package systemd-container)";
  return status === 0 ? undefined : `systemd-nspawn does not work: ${error?.message ?? stderr.trim()}`;
}

/** What to run with `sh`, and the control groups that it makes: where systemd runs here, that makes them. */
function inContainer(name: string, args: readonly string[]): { command: string[]; groups: readonly string[] } {
  const hasSystemd = existsSync("/run/systemd/system");
  const groups = CONTROL_GROUPS.filter((path) => !hasSystemd && existsSync(join(path, "cgroup.procs"))).map((path) =>
    join(path, name),
  );
  const enter = groups.map((path) => `mkdir ${path} && echo $$ >${path}/cgroup.procs && `).join("");
  const scope = hasSystemd ? [] : ["--keep-unit"];
  const command = ["-c", `${enter}exec systemd-nspawn "$@"`, "sh", `--machine=${name}`, ...NSPAWN, ...scope, ...args];
  return { command, groups };
}

/** A Debian system with a running systemd. */
export class Machine implements AsyncDisposable {
  readonly #container: ChildProcess;
  readonly #groups: readonly string[];
  /** Its first process, by the number that it has here. */
  readonly #init: number;

  private constructor(container: ChildProcess, groups: readonly string[], init: number) {
    this.#container = container;
    this.#groups = groups;
    this.#init = init;
  }

  /** @throws Error with what was printed, when it does not boot. */
  static async boot(chroot: Chroot): Promise<Machine> {
    const name = basename(chroot.folder).toLowerCase();
    const { command, groups } = inContainer(name, [`--directory=${chroot.folder}`, "--boot"]);
    const container = spawn("sh", command, { stdio: ["ignore", "pipe", "pipe"] });
    const [init] = await Promise.all([booted(container), once(container, "spawn")]);
    return new Machine(container, groups, init);
  }

  /** Runs a command as root to its end, and returns its standard output. */
  async run(...command: readonly string[]): Promise<string> {
    const namespaces = ["--mount", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wdns=/"];
    const args = [`--target=${this.#init}`, ...namespaces, ...command];
    return (await run("nsenter", args, { env: ENVIRONMENT, maxBuffer: 64 * 1024 * 1024 })).stdout;
  }

  /** Switches it off. */
  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#container, "exit");
    // All others end with it.
    if (this.#container.exitCode === null) process.kill(this.#init, "SIGKILL");
    if (this.#container.exitCode === null) await exited;
    for (const group of this.#groups) removeGroup(group);
  }
}

/** @returns the first process of the container. */
async function booted(container: ChildProcess): Promise<number> {
  let printed = "";
  container.stderr?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  if (container.stdout === null) throw new Error("the container has no output");
  const lines = createInterface(container.stdout);
  for await (const line of lines) {
    printed += `${line}\n`;
    if (!BOOTED.test(line)) continue;
    container.stdout.resume();
    const children = await readFile(`/proc/${container.pid}/task/${container.pid}/children`, "utf8");
    return Number(children.trim());
  }
  throw new Error(`systemd does not boot in a container:\n${printed}`);
}

/** With those in it. None has a process any more. */
function removeGroup(path: string): void {
  if (!existsSync(path)) return;
  const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of inner) removeGroup(join(path, name));
  rmdirSync(path);
}
