import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Chroot } from "./chroot.ts";

const UNIT = "/usr/lib/systemd/system/curfew.service";

/** The folders that systemd makes for a service, by the unit's field: where, and the variable that names them. */
const FOLDERS = {
  StateDirectory: ["/var/lib", "STATE_DIRECTORY"],
  LogsDirectory: ["/var/log", "LOGS_DIRECTORY"],
  RuntimeDirectory: ["/run", "RUNTIME_DIRECTORY"],
} as const;

/** The gateway in a {@link Chroot}, started as its unit says. */
export class Service implements AsyncDisposable {
  /** Where browsers connect: `127.0.0.1:6080`. */
  readonly host: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #chroot: Chroot;

  private constructor(chroot: Chroot, process: ChildProcessWithoutNullStreams, host: string) {
    this.#chroot = chroot;
    this.#process = process;
    this.host = host;
  }

  static async start(chroot: Chroot): Promise<Service> {
    const unit = await chroot.read(UNIT);
    const field = (name: string): string => {
      const [, value] = new RegExp(`^${name}=(.*)$`, "mu").exec(unit) ?? [];
      if (value === undefined) throw new Error(`the unit has no ${name}`);
      return value;
    };
    const [user, group] = [field("User"), field("Group")];
    const env: Record<string, string> = {};
    for (const [name, [parent, variable]] of Object.entries(FOLDERS)) {
      const path = `${parent}/${field(name)}`;
      await chroot.run("install", "-d", "-o", user, "-g", group, "-m", field(`${name}Mode`), path);
      env[variable] = path;
    }
    const asUser = ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--init-groups", "--no-new-privs"];
    const shell = ["sh", "-c", `umask ${field("UMask")}; exec "$@"`, "sh"];
    const process = chroot.start([...asUser, ...shell, ...field("ExecStart").split(" ")], env);
    return new Service(chroot, process, await hostOf(process));
  }

  /** As systemd stops it. @returns its exit status. */
  async stop(): Promise<unknown> {
    const { pid } = this.#process;
    // The signal is for the gateway: `unshare` would kill it.
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
    const exited = once(this.#process, "exit");
    process.kill(Number(children.trim()), "SIGTERM");
    const [status] = await exited;
    await this.#chroot.run("rm", "-r", "/run/curfew");
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

/** Reads what it prints at its start. */
async function hostOf(service: ChildProcessWithoutNullStreams): Promise<string> {
  let [printed, errors] = ["", ""];
  service.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  for await (const text of service.stdout
    .setEncoding("utf8")
    .iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    printed += text;
    const [, host] = /listens at http:\/\/(\S+)/u.exec(printed) ?? [];
    if (host === undefined) continue;
    service.stdout.resume();
    return host;
  }
  throw new Error(`the gateway ended: ${printed}${errors}`);
}
