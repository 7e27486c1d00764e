import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AdminClient } from "../../src/admin/index.ts";
import { FileLock } from "../support/file-lock.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const ADMIN_KEY = "the-admin-key-of-the-hostile-suite";

/** How long the admin API may take to answer, in milliseconds. */
const ANSWER_MS = 2000;

const LOG_TAIL_BYTES = 4000;

/** How many tokens are issued while the store is locked. */
const LOCKED_OUT = 20;

/** How the gateway is run. */
export interface GatewayOptions {
  /** Further options by environment variable, less `CURFEW_`. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** Limit of open files. */
  readonly descriptors?: number | undefined;
  /** A command that pins it to a core. */
  readonly pin: readonly string[];
}

/** A token, and when its sessions have to end, in milliseconds since the epoch. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
}

/** `curfew serve` from source, with the defaults of an operator: limits, log and tokens in SQLite. */
export class GatewayUnderAttack implements AsyncDisposable {
  readonly host: string;
  readonly adminUrl: string;
  /** Resolves with the exit code, or the name of the signal. */
  readonly exited: Promise<number | string>;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #admin: AdminClient;

  private constructor(process: ChildProcess, folder: string, [host, adminUrl]: readonly [string, string]) {
    this.#process = process;
    this.#folder = folder;
    this.host = host;
    this.adminUrl = adminUrl;
    this.#admin = new AdminClient({ url: adminUrl, key: ADMIN_KEY });
    this.exited = once(process, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  }

  static async start({ options = {}, descriptors, pin }: GatewayOptions): Promise<GatewayUnderAttack> {
    const folder = mkdtempSync(join(tmpdir(), "curfew-hostile-"));
    const limit = descriptors === undefined ? [] : ["prlimit", `--nofile=${descriptors}:${descriptors}`];
    const serve = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--enforce"];
    const command = [process.execPath, "--conditions=@curfew/source", MAIN, ...serve];
    const [program, ...args] = [...limit, ...pin, ...command];
    const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
    const set = { ADMIN_KEY, TOKENS_PATH: join(folder, "tokens.db"), ...options };
    const variables = Object.entries(set).map(([name, value]) => [`CURFEW_${name}`, value] as const);
    const env = { PATH, NODE_COMPILE_CACHE, HOME: folder, ...Object.fromEntries(variables) };
    const log = openSync(join(folder, "log"), "w");
    const child = spawn(program ?? "", args, { stdio: ["ignore", "pipe", log], env });
    closeSync(log);
    const addresses = await printedAddresses(child);
    if (addresses === undefined) throw new Error(`it does not start: ${readFileSync(join(folder, "log"), "utf8")}`);
    return new GatewayUnderAttack(child, folder, addresses);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The end of its log, which may be long. */
  get logTail(): string {
    const log = openSync(join(this.#folder, "log"), "r");
    const tail = Buffer.alloc(LOG_TAIL_BYTES);
    const length = readSync(log, tail, 0, tail.length, Math.max(0, fstatSync(log).size - tail.length));
    closeSync(log);
    return tail.toString("utf8", 0, length);
  }

  /** @param ttlMs - lifetime of the token in milliseconds. */
  async issue(target: string, ttlMs: number): Promise<IssuedToken> {
    const { token, expires_at } = await this.#admin.issueToken({ type: "serial", target, ttl: ttlMs / 1000 });
    return { token, expiresAt: Date.parse(expires_at) };
  }

  /** Whether `/readyz` says on a new connection, within 2 s, that it is ready. */
  async isReady(): Promise<boolean> {
    const request = get(`${this.adminUrl}/readyz`, { agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
    request.on("error", () => {});
    try {
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      answer.resume();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  /** A process that can lock the token store against those who write. */
  async prepareLock(): Promise<FileLock> {
    return await FileLock.prepare(join(this.#folder, "tokens.db"), "writers");
  }

  /** Has tokens issued that have to wait while the store is locked. Resolves when all are, or have failed. */
  async issueMany(): Promise<void> {
    const issuing = Array.from({ length: LOCKED_OUT }, async () => await this.issue("127.0.0.1:1", 1000));
    await Promise.allSettled(issuing);
  }

  /** Begins to drain. */
  terminate(): void {
    this.#process.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.exited;
    rmSync(this.#folder, { recursive: true });
  }
}

/** Where it says that it listens; undefined if it ends before it does. */
async function printedAddresses(child: ChildProcess): Promise<readonly [string, string] | undefined> {
  const { promise, resolve } = Promise.withResolvers<readonly [string, string] | undefined>();
  let printed = "";
  child.stdout?.on("data", (bytes) => {
    printed += String(bytes);
    const [, host, adminUrl] = /listens at http:\/\/(\S+)\nadmin API at (\S+)\n/.exec(printed) ?? [];
    if (host !== undefined && adminUrl !== undefined) resolve([host, adminUrl]);
  });
  child.once("exit", () => resolve(undefined));
  return await promise;
}
