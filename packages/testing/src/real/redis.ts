import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { accepting, LOOPBACK, onFreePort } from "./ports.ts";
import { type ServerProcess, startProcess } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { discard, makeFolder, whenReady } from "./server.ts";
import { copyTls } from "./tls-files.ts";

const PASSWORD = "p@ss:w/rd";

/** How long the server may take to start, in milliseconds. */
const START_MS = 30_000;

/** A Redis server, in memory only, where a restart loses everything, or a Sentinel. */
export interface RedisServer extends AsyncDisposable {
  readonly host: string;
  /** TCP port; the same after a restart. */
  readonly port: number;
  readonly password: string;
  /** Settles when the server that was started last has ended, whatever the cause. */
  readonly exited: Promise<void>;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, empty. */
  start(): Promise<void>;
  /** Stops it from answering; its connections stay open. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** How to start a Redis server. */
export interface RedisOptions {
  /** PEM files. With them the server has nothing but TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The server that it copies. Default: it is a master. */
  readonly replicaOf?: Pick<RedisServer, "port">;
}

/** How to start a Sentinel. */
export interface RedisSentinelOptions {
  /** The master that it watches, with its replicas. */
  readonly master: RedisServer;
  /** What it calls the master. */
  readonly name: string;
  /** How long a server may be silent before it counts as down, in milliseconds. Default: 500. */
  readonly downAfterMs?: number;
}

/**
 * Starts Redis, or Valkey, on a free port of this machine.
 * @throws Error when it is not installed, or does not start.
 */
export async function startRedis({ tls, replicaOf }: RedisOptions = {}): Promise<RedisServer> {
  return await onFreePort(async (port) => {
    const folder = await makeFolder("redis");
    const files = tls && (await copyTls(folder, tls));
    const server = new Server(port, folder, {
      requirepass: PASSWORD,
      masterauth: PASSWORD,
      save: "",
      appendonly: "no",
      "repl-diskless-sync-delay": "0",
      ...(replicaOf && { replicaof: `${LOOPBACK} ${replicaOf.port}` }),
      ...(files && {
        port: "0",
        "tls-port": `${port}`,
        "tls-cert-file": files.cert,
        "tls-key-file": files.key,
        "tls-ca-cert-file": files.cert,
        "tls-auth-clients": "no",
      }),
    });
    await server.start();
    return server;
  });
}

/**
 * Starts one Sentinel, which replaces a master that is down by one of its replicas. It needs no other ones to agree.
 * @throws Error when Redis is not installed, or does not start.
 */
export async function startRedisSentinel(options: RedisSentinelOptions): Promise<RedisServer> {
  const { master, name, downAfterMs = 500 } = options;
  return await onFreePort(async (port) => {
    const server = new Server(port, await makeFolder("redis-sentinel"), {
      requirepass: PASSWORD,
      sentinel: [
        `monitor ${name} ${LOOPBACK} ${master.port} 1`,
        `auth-pass ${name} ${master.password}`,
        `down-after-milliseconds ${name} ${downAfterMs}`,
        `failover-timeout ${name} 3000`,
      ],
    });
    await server.start();
    return server;
  });
}

type Settings = Readonly<Record<string, string | readonly string[]>>;

class Server implements RedisServer {
  readonly host = LOOPBACK;
  readonly port: number;
  readonly password = PASSWORD;
  readonly #folder: string;
  readonly #settings: Settings;
  #process: ServerProcess | undefined;

  constructor(port: number, folder: string, settings: Settings) {
    this.port = port;
    this.#folder = folder;
    this.#settings = { port: `${port}`, bind: LOOPBACK, dir: folder, ...settings };
  }

  async start(): Promise<void> {
    const isSentinel = this.#settings["sentinel"] !== undefined;
    const file = join(this.#folder, "redis.conf");
    // Sentinels change it, and have the servers change theirs, to go on from there.
    if (!existsSync(file)) await writeFile(file, formatSettings(this.#settings), { mode: 0o600 });
    const args = [file, ...(isSentinel ? ["--sentinel"] : [])];
    const server = await startProcess(requireProgram("redis-server"), args, 3);
    this.#process = server;
    await whenReady("Redis", server, START_MS, async (signal) => await accepting(this.port, signal));
  }

  get exited(): Promise<void> {
    return this.#process?.exited ?? Promise.resolve();
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  freeze(): void {
    if (this.#process !== undefined) process.kill(this.#process.pid, "SIGSTOP");
  }

  thaw(): void {
    if (this.#process !== undefined) process.kill(this.#process.pid, "SIGCONT");
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    // Also ends one that is frozen.
    await this.#process.kill();
    await discard([this.#process], this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function formatSettings(settings: Settings): string {
  const lines = Object.entries(settings).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name} ${value === "" ? '""' : value}`),
  );
  return lines.join("\n");
}
