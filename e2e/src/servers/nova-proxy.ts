import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../packages/proxy/src/cli/main.ts", import.meta.url));

/** The contents of the files of a {@link NovaProxy}. */
export interface NovaProxyFiles {
  /** Sections of nova.conf, besides where it listens. */
  readonly novaConf: string;
  /** Curfew's own configuration, in YAML, besides where the admin API listens. */
  readonly curfewYaml: string;
}

/** `curfew nova novnc` as a process of its own, the way an operator runs it. */
export class NovaProxy implements AsyncDisposable {
  /** Where browsers connect. */
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** @throws Error when it does not start, with what it said. */
  static async start({ novaConf, curfewYaml }: NovaProxyFiles): Promise<NovaProxy> {
    const folder = await mkdtemp(join(tmpdir(), "curfew-nova-"));
    const [conf, yaml] = [join(folder, "nova.conf"), join(folder, "curfew.yaml")];
    await writeFile(conf, `[vnc]\nnovncproxy_host = 127.0.0.1\nnovncproxy_port = 0\n${novaConf}`);
    await writeFile(yaml, `admin: { listen: "127.0.0.1:0" }\n${curfewYaml}`);
    const args = ["nova", "novnc", "--config-file", conf, "--curfew-config", yaml];
    const child = spawn(process.execPath, ["--conditions=@curfew/source", program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-16_384)));
    for await (const line of createInterface(child.stdout)) {
      const url = /^curfew listens at (\S+)$/.exec(line)?.[1];
      if (url !== undefined) return new NovaProxy(url, child, folder);
    }
    throw new Error(`curfew nova novnc did not start:\n${log}`);
  }

  /** The URL that Nova gives a user: one of the page's names, with the token in `path`. */
  consoleUrl(page: "vnc_auto.html" | "vnc_lite.html", token: string): string {
    return `${this.url}/${page}?path=${encodeURIComponent(`?token=${token}`)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
