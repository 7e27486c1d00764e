import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ConfigInput } from "@curfew/proxy";
import { AdminClient, type IssuedToken, type IssueRequest, type SessionView } from "@curfew/proxy/admin";
import { freePort } from "@curfew/testing/real";

const command = fileURLToPath(new URL("../../../packages/proxy/src/cli/main.ts", import.meta.url));
export const ADMIN_KEY = "key-of-the-end-to-end-tests";

/** A token with the time at which it expires. */
export interface TimedToken extends IssuedToken {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** `curfew serve` as a process of its own, the way an operator runs it. */
export class GatewayProcess implements AsyncDisposable {
  readonly #folder: string;
  readonly #config: ConfigInput;
  #process: ChildProcess | undefined;
  #url = "";
  #adminUrl = "";
  #log = "";

  private constructor(folder: string, config: ConfigInput) {
    this.#folder = folder;
    this.#config = config;
  }

  /** Starts a gateway that enforces deadlines, unless `config` says otherwise. */
  static async start(config: ConfigInput = {}): Promise<GatewayProcess> {
    return await GatewayProcess.#startAt("", "", config);
  }

  /** The same for one that is started again: the system hands its ports to no other program while it is away. */
  static async startRestartable(config: ConfigInput): Promise<GatewayProcess> {
    const [url, adminUrl] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
    return await GatewayProcess.#startAt(url, adminUrl, config);
  }

  static async #startAt(url = "", adminUrl = "", config: ConfigInput): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(await mkdtemp(join(tmpdir(), "curfew-gateway-")), config);
    gateway.#url = url;
    gateway.#adminUrl = adminUrl;
    await gateway.start();
    return gateway;
  }

  /** Where browsers connect. */
  get url(): string {
    return this.#url;
  }

  /** Where the admin API is. */
  get adminUrl(): string {
    return this.#adminUrl;
  }

  /** The WebSocket address. */
  get socketUrl(): string {
    return this.#url.replace(/^http/, "ws");
  }

  /** A target that may not be dialed: the gateway itself. It is a name, so a token is issued, and the dial is refused. */
  get forbiddenTarget(): string {
    return `localhost:${portOf(this.#url)}`;
  }

  /** Everything that it has logged. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, on the same ports as before if it ran already. */
  async start(): Promise<void> {
    const file = join(this.#folder, "curfew.yaml");
    const config: ConfigInput = {
      ...this.#config,
      listen: `127.0.0.1:${portOf(this.#url)}`,
      consoleauth: { enforce_session_timeout: true, ...this.#config.consoleauth },
      tokens: { ...this.#config.tokens, path: join(this.#folder, "tokens.db") },
      admin: { listen: `127.0.0.1:${portOf(this.#adminUrl)}`, key: ADMIN_KEY },
    };
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config));
    const child = spawn(process.execPath, ["--conditions=@curfew/source", command, "serve", "--config", file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    child.stderr.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    for await (const line of createInterface(child.stdout)) {
      const [, what, url = ""] = /^(curfew listens|admin API) at (\S+)$/.exec(line) ?? [];
      if (what === "curfew listens") this.#url = url;
      if (what === "admin API") this.#adminUrl = url;
      if (what === "admin API") return;
    }
    throw new Error(`the gateway did not start:\n${this.#log}`);
  }

  /** Sends a signal and resolves with the exit status. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
    return child.exitCode;
  }

  /** A client of its admin API. */
  get admin(): AdminClient {
    return new AdminClient({ url: this.#adminUrl, key: ADMIN_KEY });
  }

  async issue(request: IssueRequest): Promise<TimedToken> {
    const issued = await this.admin.issueToken(request);
    return { ...issued, expiresAt: Date.parse(issued.expires_at) };
  }

  /**
   * The session of an instance.
   * @throws Error unless it has exactly one
   */
  async sessionOf(instance: string): Promise<SessionView> {
    const listed = await this.admin.listSessions();
    const sessions = listed.sessions.filter((session) => session.instance === instance);
    const [session] = sessions;
    if (session === undefined || sessions.length > 1) throw new Error(`${instance} has ${sessions.length} sessions`);
    return session;
  }

  /** The value of a metric, with its labels as `/metrics` writes them; undefined if it is not there. */
  async metric(name: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.#adminUrl}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The port to listen on: the same as before, or any. */
function portOf(url: string): string {
  return url === "" ? "0" : new URL(url).port;
}
