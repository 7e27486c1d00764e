import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ConfigInput } from "@curfew/proxy";

const command = fileURLToPath(new URL("../../packages/proxy/src/cli/main.ts", import.meta.url));
const adminKey = "key-of-the-end-to-end-tests";

/** What a test asks a token for. */
export interface IssueRequest {
  readonly type: "vnc" | "serial";
  /** `host:port` */
  readonly target: string;
  /** Seconds. */
  readonly ttl: number;
  readonly instance?: string;
  readonly name?: string;
}

export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  /** The console page's address with the token in its fragment. */
  readonly url: string;
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
    const folder = await mkdtemp(join(tmpdir(), "curfew-gateway-"));
    const gateway = new GatewayProcess(folder, config);
    await gateway.start();
    return gateway;
  }

  /** Where browsers connect. */
  get url(): string {
    return this.#url;
  }

  /** The WebSocket address. */
  get socketUrl(): string {
    return this.#url.replace(/^http/, "ws");
  }

  /** Everything that it has logged. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, on the ports of before if it ran already. */
  async start(): Promise<void> {
    const file = join(this.#folder, "curfew.yaml");
    const config: ConfigInput = {
      ...this.#config,
      listen: `127.0.0.1:${portOf(this.#url)}`,
      consoleauth: { enforce_session_timeout: true, ...this.#config.consoleauth },
      tokens: { path: join(this.#folder, "tokens.db") },
      admin: { listen: `127.0.0.1:${portOf(this.#adminUrl)}`, key: adminKey },
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

  /** Signals without waiting. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async issue(request: IssueRequest): Promise<IssuedToken> {
    const { id, token, url, expires_at } = await this.admin<Record<"id" | "token" | "url" | "expires_at", string>>(
      "POST",
      "/v1/tokens",
      request,
    );
    return { id, token, url, expiresAt: Date.parse(expires_at) };
  }

  async sessions(): Promise<readonly { readonly id: string; readonly expires_at: string | null }[]> {
    return (await this.admin<{ sessions: { id: string; expires_at: string | null }[] }>("GET", "/v1/sessions"))
      .sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.admin("DELETE", `/v1/sessions/${id}`);
  }

  /** Calls the admin API. */
  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#adminUrl + path, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The port to listen at: that of before, or any. */
function portOf(url: string): string {
  return url === "" ? "0" : new URL(url).port;
}
