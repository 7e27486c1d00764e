import { freePort } from "@curfew/testing/real";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AdminClient } from "../../../src/admin/index.ts";
import type { SessionView } from "../../../src/control/session-view.ts";
import { LabProcess } from "./lab-process.ts";
import type { Machine } from "./network.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

const ADMIN_KEY = "the-admin-key-of-the-fault-suite";

const MAX_WARNINGS = 10;

/** How a {@link ClusterGateway} is run. */
export interface ClusterGatewayOptions {
  readonly name: string;
  readonly folder: string;
  /** Groups of the configuration, beside those that the lab sets. */
  readonly config: Readonly<Record<string, object>>;
  /** @defaultValue 1 */
  readonly workers?: number | undefined;
  /** Where it runs. @defaultValue this machine */
  readonly machine?: Machine | undefined;
  /** How many files each of its processes may have open. */
  readonly descriptors?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** One gateway of the cluster: `curfew serve` from source. */
export class ClusterGateway implements AsyncDisposable {
  readonly name: string;
  /** `host:port` of the public listener; the same after a restart. */
  readonly at: string;
  readonly admin: AdminClient;
  readonly #adminUrl: string;
  readonly #options: ClusterGatewayOptions;
  readonly #command: readonly string[];
  #process: LabProcess;

  private constructor(
    process: LabProcess,
    command: readonly string[],
    [at, adminAt]: readonly [string, string],
    options: ClusterGatewayOptions,
  ) {
    this.name = options.name;
    this.at = at;
    this.#adminUrl = `http://${adminAt}`;
    this.admin = new AdminClient({ url: this.#adminUrl, key: ADMIN_KEY });
    this.#options = options;
    this.#command = command;
    this.#process = process;
  }

  static async start(options: ClusterGatewayOptions): Promise<ClusterGateway> {
    const { name, folder, config, machine, workers = 1 } = options;
    const host = machine?.address ?? "127.0.0.1";
    const [at, adminAt] = [`${host}:${await freePort()}`, `${host}:${await freePort()}`] as const;
    const file = join(folder, `${name}.yaml`);
    // JSON is YAML.
    await writeFile(file, JSON.stringify({ log: { level: "info" }, ...config }));
    const addresses = ["--listen", at, "--admin-listen", adminAt, "--workers", String(workers)];
    const command = [process.execPath, "--conditions=@curfew/source", MAIN, "serve", "--config", file, ...addresses];
    return new ClusterGateway(await run(command, options), command, [at, adminAt], options);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Processes that run sessions, where there are several. */
  get workers(): readonly number[] {
    return this.#process.children;
  }

  /** The lines of its log with this message. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.#process.log
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.includes(JSON.stringify(message)));
    return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** The last lines of its log that warn. */
  get warnings(): readonly string[] {
    const lines = this.#process.log.split("\n").filter((line) => /"level":"(?:warn|error)"/.test(line));
    return lines.slice(-MAX_WARNINGS);
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process.signal(name);
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Lets it drain, and waits until it has ended. */
  async drain(): Promise<number | string> {
    // Only the primary: that is whom a service manager tells.
    process.kill(this.pid, "SIGTERM");
    return await this.#process.exited;
  }

  /** Starts it again, at the same addresses. */
  async restart(): Promise<void> {
    await this.#process.kill();
    this.#process = await run(this.#command, this.#options);
  }

  /** What `/readyz` says. */
  async readiness(): Promise<readonly [status: number, text: string]> {
    const answer = await fetch(`${this.#adminUrl}/readyz`, { headers: { Authorization: `Bearer ${ADMIN_KEY}` } });
    return [answer.status, await answer.text()];
  }

  /** All sessions of the cluster, as this gateway lists them, and the members that did not answer. */
  async sessions(): Promise<{ readonly sessions: readonly SessionView[]; readonly unavailable: readonly unknown[] }> {
    const sessions: SessionView[] = [];
    const unavailable: unknown[] = [];
    for (let next: string | undefined; ;) {
      const page = await this.admin.listSessions({ after: next });
      sessions.push(...page.sessions);
      unavailable.push(...page.unavailable);
      next = page.next;
      if (next === undefined) return { sessions, unavailable };
    }
  }

  /** The value of a metric, with its labels as on the page; undefined without it. */
  async metric(name: string): Promise<number | undefined> {
    const line = (await this.admin.metrics()).split("\n").find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function run(command: readonly string[], options: ClusterGatewayOptions): Promise<LabProcess> {
  const { name, folder, machine, descriptors, env } = options;
  const log = join(folder, `${name}.log`);
  const before = existsSync(log) ? readFileSync(log, "utf8").length : 0;
  const started = await LabProcess.start(command, {
    log,
    networkOf: machine?.pid,
    descriptors,
    env: { CURFEW_ADMIN_KEY: ADMIN_KEY, ...env },
  });
  await started.until(() => started.log.includes("admin API at ", before), "listening");
  return started;
}
