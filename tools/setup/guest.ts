import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";
import { findProgram } from "../../packages/testing/src/real/programs.ts";
import { CACHE } from "../root.ts";
import type { Machine } from "./machine.ts";

/** Debian's kernel for virtual machines: a package that depends on the current version's package. */
const CURRENT_KERNEL = "linux-image-cloud-amd64";

/** What the set-up fetches for guests. */
const folder = join(CACHE, "guest-kernel");
const fetchedKernel = join(folder, "vmlinuz");

/** The kernel that Linux guests boot: what CURFEW_GUEST_KERNEL names, else the one that the set-up fetches. */
function guestKernel(): string {
  const named = process.env["CURFEW_GUEST_KERNEL"];
  return named === undefined || named === "" ? fetchedKernel : named;
}

/** The environment of programs that start guests. */
export function guestEnvironment(): { CURFEW_GUEST_KERNEL: string; PATH: string } {
  return { CURFEW_GUEST_KERNEL: guestKernel(), PATH: [process.env["PATH"] ?? "", folder].join(delimiter) };
}

/** Whether there is all that a guest boots. */
export function hasGuest(): boolean {
  return existsSync(guestKernel()) && hasBusybox();
}

function hasBusybox(): boolean {
  return findProgram("busybox", guestEnvironment().PATH) !== undefined;
}

/**
 * Fetches Debian's kernel for amd64, and its busybox where the machine has none that runs in a guest. Neither is
 * installed: the machine's own programs stay as they are, and no rights are needed.
 * @throws Error when CURFEW_GUEST_KERNEL names a file that does not exist, or when a download fails.
 */
export async function fetchGuest(machine: Machine): Promise<void> {
  if (guestKernel() !== fetchedKernel && !existsSync(guestKernel()))
    throw new Error(`CURFEW_GUEST_KERNEL names ${guestKernel()}, which does not exist`);
  await mkdir(folder, { recursive: true });
  // Fetched aside and moved at the end: an interrupted set-up leaves no partial kernel.
  const aside = await mkdtemp(join(CACHE, "kernel-"));
  try {
    const apt = new Apt(machine, aside);
    await apt.prepare();
    if (!existsSync(guestKernel())) await fetchKernel(apt, aside);
    if (!hasBusybox()) await fetchBusybox(apt, aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function fetchKernel(apt: Apt, aside: string): Promise<void> {
  await apt.unpack(await apt.dependencyOf(CURRENT_KERNEL, /linux-image-[\w.+-]+-cloud-amd64/u));
  const image = (await readdir(join(aside, "boot"))).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) throw new Error(`${CURRENT_KERNEL} holds no /boot/vmlinuz-*`);
  await rename(join(aside, "boot", image), fetchedKernel);
}

async function fetchBusybox(apt: Apt, aside: string): Promise<void> {
  await apt.unpack("busybox-static");
  // The package has it in /bin or, since that is the same folder, in /usr/bin.
  const file = ["bin", "usr/bin"].map((parent) => join(aside, parent, "busybox")).find((path) => existsSync(path));
  if (file === undefined) throw new Error("busybox-static holds no /bin/busybox");
  await rename(file, join(folder, "busybox"));
}

/** Debian's packages for amd64, whatever the machine's own architecture is. */
class Apt {
  readonly #machine: Machine;
  readonly #folder: string;
  readonly #options: readonly string[];

  /** @param folder - takes the packages and, for a foreign architecture, their lists. */
  constructor(machine: Machine, folder: string) {
    this.#machine = machine;
    this.#folder = folder;
    const foreign: Readonly<Record<string, string>> = {
      "APT::Architecture": "amd64",
      "APT::Architectures": "amd64",
      "Dir::State::Lists": join(folder, "lists"),
      "Dir::Cache": join(folder, "cache"),
      "APT::Sandbox::User": "root",
    };
    const settings = machine.architecture === "x64" ? [] : Object.entries(foreign);
    this.#options = settings.flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  }

  /** The machine's own package lists serve where they are for amd64. */
  async prepare(): Promise<void> {
    if (this.#options.length === 0) return;
    for (const name of ["lists", "cache"]) await mkdir(join(this.#folder, name, "partial"), { recursive: true });
    await this.#run("apt-get", "-qq", "update");
  }

  async dependencyOf(name: string, pattern: RegExp): Promise<string> {
    const shown = await this.#run("apt-cache", "show", "--no-all-versions", name);
    const [found] = pattern.exec(/^Depends: .*$/mu.exec(shown)?.[0] ?? "") ?? [];
    if (found === undefined) throw new Error(`Debian's ${name} depends on no ${pattern.source}: ${shown}`);
    return found;
  }

  /** Downloads a package and extracts its files into the folder. */
  async unpack(name: string): Promise<void> {
    await this.#run("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name);
    const archive = (await readdir(this.#folder)).find((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get download ${name} fetched no package`);
    await this.#machine.run("dpkg-deb", ["--extract", archive, "."], this.#folder);
  }

  async #run(command: string, ...args: readonly string[]): Promise<string> {
    return this.#machine.run(command, [...this.#options, ...args], this.#folder);
  }
}
