import { createClient, type RedisClientType } from "@redis/client";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabProcess } from "./lab-process.ts";

/** Redis or Valkey, whichever is installed. */
export const PROGRAM: string =
  ["/usr/bin/valkey-server", "/usr/bin/redis-server"].find((path) => existsSync(path)) ?? "redis-server";

/** Where a store listens, and what else it is told. */
export interface StoreServerOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  /** Further options. */
  readonly options?: Readonly<Record<string, string>>;
}

/** A server of the cluster's store, in memory only: when it ends, it has lost everything. */
export class StoreServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #process: LabProcess;

  private constructor(process: LabProcess, { host, port }: StoreServerOptions) {
    this.#process = process;
    this.host = host;
    this.port = port;
  }

  static async start(options: StoreServerOptions): Promise<StoreServer> {
    return new StoreServer(await run(options), options);
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process.signal(name);
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Sends commands on a connection of its own. */
  async ask<T>(work: (client: RedisClientType) => Promise<T>): Promise<T> {
    return await askStore(this.url, work);
  }

  /** Ends the connections of all clients. */
  async dropClients(): Promise<void> {
    await this.ask(async (client) => {
      for (const type of ["normal", "pubsub"])
        await client.sendCommand(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Sends commands to a server of Redis or Valkey. */
export async function askStore<T>(url: string, work: (client: RedisClientType) => Promise<T>): Promise<T> {
  const client: RedisClientType = createClient({ url, disableClientInfo: true, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** Starts a server with options on its command line, and waits until it listens. */
async function run({ host, port, folder, options = {} }: StoreServerOptions): Promise<LabProcess> {
  const settings = {
    bind: host,
    port: String(port),
    dir: folder,
    save: "",
    appendonly: "no",
    "protected-mode": "no",
    ...options,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return await startListening([PROGRAM, ...args], port, folder);
}

/** Starts a Sentinel with a configuration file, and waits until it listens. */
export async function startSentinel(file: string, port: number, folder: string): Promise<LabProcess> {
  return await startListening([PROGRAM, file, "--sentinel"], port, folder);
}

async function startListening(command: readonly string[], port: number, folder: string): Promise<LabProcess> {
  const before = { log: join(folder, `store-${port}.log`) };
  const started = await LabProcess.start(command, before);
  const listens = /Ready to accept connections|Sentinel ID is/;
  const isRunning = new RegExp(`^${started.pid}:.*(?:${listens.source})`, "m");
  await started.until(() => isRunning.test(started.log), "accepting connections");
  return started;
}
