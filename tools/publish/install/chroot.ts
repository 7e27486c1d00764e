import { execFile, spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Each command has namespaces of its own, so that neither a mount nor a process is left over. The network is that of
 * this machine.
 */
const UNSHARE = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc=/proc"];

export const ENVIRONMENT = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
  LC_ALL: "C.UTF-8",
};

/** What changes with each use of apt and dpkg, and what the kernel shows. */
const UNSTEADY = [
  "/proc",
  "/sys",
  "/dev",
  "/tmp",
  "/run/adduser",
  "/var/cache",
  "/var/log/apt",
  "/var/lib/apt",
  "/var/lib/dpkg",
  // What adduser keeps of the file before.
  ...["passwd", "group", "shadow", "gshadow"].map((name) => `/etc/${name}-`),
];

/** Why a Debian system cannot be made here, as the end of a sentence; undefined if it can. */
export function whyNoChroot(): string | undefined {
  if (process.platform !== "linux" || !existsSync("/etc/debian_version")) return "this is not Debian";
  if (process.getuid?.() !== 0) return "this is not root";
  if (spawnSync("debootstrap", ["--version"]).error !== undefined) return "debootstrap is missing";
  if (spawnSync("unshare", [...UNSHARE.filter((flag) => !flag.includes("proc")), "true"]).status !== 0) {
    return "this process may not make namespaces";
  }
  return undefined;
}

/** A fresh Debian system in a folder, of this machine's release and from its mirror. */
export class Chroot implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param include - packages beside the essential ones. */
  static async create(include: readonly string[] = []): Promise<Chroot> {
    const folder = await mkdtemp(join(tmpdir(), "curfew-chroot-"));
    const chroot = new Chroot(folder);
    const [, release = ""] = /^VERSION_CODENAME=(\S+)$/mu.exec(readFileSync("/etc/os-release", "utf8")) ?? [];
    try {
      // Its users have to enter it.
      await chmod(folder, 0o755);
      const more = include.length > 0 ? [`--include=${include.join(",")}`] : [];
      const args = ["--variant=minbase", ...more, release, folder, await mirror()];
      // What it mounts is not left over.
      await run("unshare", ["--mount", "debootstrap", ...args], { maxBuffer: 64 * 1024 * 1024 });
      return chroot;
    } catch (error) {
      await chroot[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a command as root to its end, and returns its standard output. */
  async run(...command: readonly string[]): Promise<string> {
    return (await run("unshare", this.#arguments(command), { env: ENVIRONMENT, maxBuffer: 64 * 1024 * 1024 })).stdout;
  }

  /** Starts a command. Killing it kills everything that it has started. */
  start(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
    return spawn("unshare", this.#arguments(command), { env: { ...ENVIRONMENT, ...env } });
  }

  /** Copies a file to a folder in it that everyone can read, and returns its path there. */
  async add(file: string): Promise<string> {
    const path = join("/var/cache", basename(file));
    await copyFile(file, join(this.folder, path));
    return path;
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.folder, path), "utf8");
  }

  /** Every file and folder, and every user and group. */
  async contents(): Promise<string[]> {
    const prune = UNSTEADY.flatMap((path) => ["-path", path, "-o"]).slice(0, -1);
    const found = await this.run("find", "/", "-xdev", "(", ...prune, ")", "-prune", "-o", "-print");
    const dpkg = await this.run("find", "/var/lib/dpkg/info", "/var/lib/dpkg/alternatives", "/var/lib/dpkg/triggers");
    const accounts = await Promise.all(
      ["passwd", "group", "shadow", "gshadow"].map((name) => this.read(`/etc/${name}`)),
    );
    return [...found.split("\n"), ...dpkg.split("\n"), ...accounts.flatMap((text) => text.split("\n"))].toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #arguments(command: readonly string[]): string[] {
    return [...UNSHARE, `--root=${this.folder}`, "--wd=/", ...command];
  }
}

/** Where this machine's apt gets Debian from. */
async function mirror(): Promise<string> {
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--format",
    "$(ORIGIN) $(REPO_URI)",
    "Created-By: Packages",
  ]);
  const found = stdout.split("\n").find((line) => line.startsWith("Debian ") && !line.includes("security"));
  return found?.slice("Debian ".length) ?? "http://deb.debian.org/debian";
}
