import { AdminClient } from "../../../src/admin/index.ts";
import { Client } from "../../support/client.ts";
import { Command } from "../../support/command.ts";
import type { Wire } from "./wire.ts";

/** What a {@link PeerProcess} is started with. */
export interface PeerProcessOptions {
  /** Of the command `curfew`. @defaultValue `serve` with the configuration */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly key: string;
  /** The authority of its admin API's certificate. @defaultValue it has none */
  readonly ca?: string;
  /** How others reach it. */
  readonly wire: Wire;
  /** A program, with its arguments, that runs it. @defaultValue none */
  readonly launcher?: readonly string[];
}

/** A gateway that works with others without a store, in a process of its own. */
export class PeerProcess implements AsyncDisposable {
  readonly command: Command;
  readonly host: string;
  readonly admin: AdminClient;
  readonly #adminUrl: string;

  private constructor(command: Command, host: string, adminUrl: string, { key, ca }: PeerProcessOptions) {
    this.command = command;
    this.host = host;
    this.#adminUrl = adminUrl;
    this.admin = new AdminClient({ url: adminUrl, key, ...(ca !== undefined && { ca }) });
  }

  static async start(config: string, options: PeerProcessOptions): Promise<PeerProcess> {
    const { args = ["serve", "--config", config], env, wire, launcher = [] } = options;
    const command = new Command(args, env, { launcher });
    const [, host = ""] = await command.printed(/listens at http:\/\/(\S+)/);
    const [, adminUrl = ""] = await command.printed(/API at (\S+)/);
    wire.leadTo(adminUrl);
    return new PeerProcess(command, host, adminUrl, options);
  }

  async token(
    target: string,
    request: { readonly single_use?: true } = {},
  ): Promise<{ readonly id: string; readonly token: string }> {
    return await this.admin.issueToken({ type: "serial", target, ...request });
  }

  /** A client with a session. */
  async open(token: string): Promise<Client> {
    const client = new Client(this.host, token);
    await client.message("hello");
    return client;
  }

  /** Why a token opens no session, or `opened`. */
  async outcome(token: string): Promise<string> {
    using client = new Client(this.host, token);
    const told = await Promise.race([client.message("bye"), client.message("hello")]);
    return told.type === "bye" ? told.reason : "opened";
  }

  /** A metric without labels, or the first one with this name. */
  async metric(name: string): Promise<number> {
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(await this.admin.metrics())?.[1]);
  }

  async gateways(): Promise<number> {
    return await this.metric("curfew_cluster_gateways");
  }

  async readiness(): Promise<string> {
    return await (await fetch(`${this.#adminUrl}/readyz`)).text();
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.command.process.kill(name);
  }

  /** SIGKILL. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.command[Symbol.asyncDispose]();
  }
}
