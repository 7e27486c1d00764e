import { accepting, LOOPBACK, onFreePort } from "./ports.ts";
import { type ServerProcess, startProcess } from "./process.ts";
import { requireProgram } from "./programs.ts";
import { discard, makeFolder, whenReady } from "./server.ts";

/** How long the server may take to start, in milliseconds. */
const START_MS = 30_000;

/** A Redis server, in memory only: a restart loses everything. */
export interface RedisServer extends AsyncDisposable {
  readonly host: string;
  /** TCP port; the same after a restart. */
  readonly port: number;
  readonly password: string;
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

/**
 * Starts Redis, or Valkey, on a free port of this machine.
 * @throws Error when it is not installed, or does not start.
 */
export async function startRedis(): Promise<RedisServer> {
  return await onFreePort(async (port) => {
    const server = new Server(port, await makeFolder("redis"));
    await server.start();
    return server;
  });
}

class Server implements RedisServer {
  readonly host = LOOPBACK;
  readonly port: number;
  readonly password = "p@ss:w/rd";
  readonly #folder: string;
  #process: ServerProcess | undefined;

  constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const settings = {
      port: `${this.port}`,
      bind: LOOPBACK,
      requirepass: this.password,
      dir: this.#folder,
      save: "",
      appendonly: "no",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = await startProcess(requireProgram("redis-server"), args, 3);
    this.#process = server;
    await whenReady("Redis", server, START_MS, async (signal) => await accepting(this.port, signal));
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
