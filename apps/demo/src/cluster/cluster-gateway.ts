import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigInput } from "@curfew/proxy";
import { AdminClient } from "@curfew/proxy/admin";
import type { ClusterMember } from "../api-types.ts";
import { ChildProgram } from "./child-program.ts";

const MAIN = join(import.meta.dirname, "../../../../packages/proxy/src/cli/main.ts");

/** What a {@link ClusterGateway} is made with. */
export interface ClusterGatewayOptions {
  readonly name: string;
  /** Where its configuration is written. */
  readonly folder: string;
  /** What all gateways of the cluster have in common. */
  readonly config: ConfigInput;
  /** `cluster.store`. */
  readonly store: string;
  /** `admin.key`. */
  readonly key: string;
  /** Receives each line of its log, and its name. */
  readonly onLog: (line: string, gateway: string) => void;
  /** Called when its state is another one. */
  readonly onChange: () => void;
}

/** Any free port. */
const ANY_PORT = "127.0.0.1:0";

/** One gateway of the cluster: `curfew serve`, always at the addresses of its first start. */
export class ClusterGateway implements AsyncDisposable {
  readonly name: string;
  readonly #options: ClusterGatewayOptions;
  readonly #file: string;
  #at = ANY_PORT;
  #adminAt = ANY_PORT;
  #program: ChildProgram | undefined;
  #state: ClusterMember["state"] = "away";

  private constructor(options: ClusterGatewayOptions, file: string) {
    this.name = options.name;
    this.#options = options;
    this.#file = file;
  }

  /** Prepares one, which does not run yet. */
  static async create(options: ClusterGatewayOptions): Promise<ClusterGateway> {
    const file = join(options.folder, `${options.name}.yaml`);
    const config = { ...options.config, cluster: { ...options.config.cluster, name: options.name } };
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config, undefined, 2));
    return new ClusterGateway(options, file);
  }

  /** `host:port` of its public listener. */
  get at(): string {
    return this.#at;
  }

  get admin(): AdminClient {
    return new AdminClient({ url: `http://${this.#adminAt}`, key: this.#options.key });
  }

  get state(): ClusterMember["state"] {
    return this.#state;
  }

  /** @throws Error when it does not start, with what it wrote. */
  async start(): Promise<void> {
    if (this.#state !== "away") throw new Error(`${this.name} is running already`);
    this.#set("starting");
    const listening = Promise.withResolvers<boolean>();
    const serve = ["serve", "--config", this.#file, "--listen", this.#at, "--admin-listen", this.#adminAt];
    const program = new ChildProgram([process.execPath, ...process.execArgv, MAIN, ...serve], {
      env: { CURFEW_CLUSTER_STORE: this.#options.store, CURFEW_ADMIN_KEY: this.#options.key },
      onOutput: (line) => {
        const [, what, at = ""] = /^(curfew listens|admin API) at http:\/\/(\S+)$/u.exec(line) ?? [];
        if (what === "curfew listens") this.#at = at;
        if (what !== "admin API") return;
        this.#adminAt = at;
        listening.resolve(true);
      },
      // What Node writes when it crashes is no line of the log.
      onError: (line) => (line.startsWith("{") ? this.#options.onLog(line, this.name) : console.error(line)),
    });
    this.#program = program;
    const ended = program.exited.then(() => {
      this.#set("away");
      return false;
    });
    if (!(await Promise.race([listening.promise, ended]))) {
      // Lines of the log were shown already.
      const words = program.words.split("\n").filter((line) => !line.startsWith("{"));
      throw new Error(`${this.name} did not start: ${words.join("\n")}`);
    }
    this.#set("up");
  }

  /** Has it drain, and end. */
  drain(): void {
    if (this.#state !== "up") throw new Error(`${this.name} is ${this.#state}`);
    this.#set("draining");
    this.#program?.signal("SIGTERM");
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#state === "away") throw new Error(`${this.name} is away`);
    await this.#program?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.kill();
  }

  #set(state: ClusterMember["state"]): void {
    this.#state = state;
    this.#options.onChange();
  }
}
