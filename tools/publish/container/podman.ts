import { execFile, spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** What a container may use: more than it needs, and less than a machine that limits its root allows. */
const LIMITS = ["nofile=4096:4096", "nproc=1024:1024"].flatMap((limit) => ["--ulimit", limit]);

/** Whether this process may run containers: as root, and not in a container that keeps it from that. */
export const CAN_RUN_CONTAINERS: boolean =
  process.platform === "linux" && spawnSync("unshare", ["--mount", "true"]).status === 0;

/** Podman with images of its own. Disposing of it ends its containers and removes everything. */
export class Podman implements AsyncDisposable {
  readonly #folder: string;
  readonly #driver: string;

  private constructor(folder: string, driver: string) {
    this.#folder = folder;
    this.#driver = driver;
  }

  static async create(): Promise<Podman> {
    const folder = await mkdtemp(join(tmpdir(), "curfew-podman-"));
    const fast = new Podman(folder, "overlay");
    // vfs works on every file system, but copies each image.
    return fast.run("info").then(
      () => fast,
      () => new Podman(folder, "vfs"),
    );
  }

  /** Runs a command of podman and returns what it prints. @throws Error with its error output, when it fails. */
  async run(...args: readonly string[]): Promise<string> {
    return (await this.#execute(args)).stdout.trim();
  }

  /** Everything that a container has printed. */
  async logs(container: string): Promise<string> {
    const { stdout, stderr } = await this.#execute(["logs", container]);
    return stdout + stderr;
  }

  async #execute(args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const storage = ["root", "runroot", "tmpdir"].map((name) => `--${name}=${join(this.#folder, name)}`);
    // runc works with every kind of control groups.
    const options = [...storage, `--storage-driver=${this.#driver}`, "--runtime=runc", "--cgroup-manager=cgroupfs"];
    return promisify(execFile)("podman", [...options, ...args]);
  }

  /** Builds an image from a Containerfile, as one layer and without fetching anything. */
  async build(tag: string, file: string, context: string, ...args: readonly string[]): Promise<void> {
    const local = ["--isolation=chroot", "--layers=false", "--pull=never", "--format=docker"];
    await this.run("build", "--quiet", ...local, "--tag", tag, "--file", file, ...args, context);
  }

  /**
   * Makes an image that has the Node of this machine and nothing else but a shell, in place of one from a registry.
   * @param tag - what others take it for.
   */
  async makeNodeImage(tag: string): Promise<void> {
    const folder = join(this.#folder, "node");
    const programs = { "/usr/local/bin/node": process.execPath, "/bin/sh": "/bin/sh" };
    const libraries = await Promise.all(Object.values(programs).map(librariesOf));
    const files = { ...programs, ...Object.fromEntries(libraries.flat().map((path) => [path, path])) };
    for (const [target, source] of Object.entries(files)) {
      await mkdir(dirname(join(folder, target)), { recursive: true });
      await copyFile(source, join(folder, target));
    }
    await mkdir(join(folder, "tmp"));
    await chmod(join(folder, "tmp"), 0o1777);
    const file = join(this.#folder, "node.Containerfile");
    await writeFile(file, "FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n");
    await this.build(tag, file, folder);
  }

  /** Starts a container that has no network but its own loopback, and returns its id. */
  async start(image: string, options: readonly string[], command: readonly string[]): Promise<string> {
    return this.run("run", "--detach", "--no-healthcheck", "--network=none", ...LIMITS, ...options, image, ...command);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("rm", "--all", "--force", "--time=0");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The shared libraries that a program loads, with the loader. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [program]);
  return [...stdout.matchAll(/(?:^\s|=> )(\/\S+)/gmu)].map(([, path]) => path ?? "");
}
