import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Client } from "./client.ts";
import { Command } from "./command.ts";
import { inEnoughTime } from "./enough-time.ts";

const FLAGS = ["--admin-listen", "127.0.0.1:0", "--enforce"];

export const ADMIN_KEY = "the-admin-key-of-the-tests";

/** How a {@link WorkerGateway} is started. */
export interface WorkerGatewayOptions {
  /** @defaultValue 2 */
  readonly workers?: number;
  /** How many files each process may have open. @defaultValue as many as this one */
  readonly descriptors?: number;
  /** Where browsers connect. @defaultValue a free port of 127.0.0.1 */
  readonly listen?: string;
  /** Its configuration file. */
  readonly config?: string;
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command's file. @defaultValue the source */
  readonly program?: string;
}

/** A gateway run by the command, of several processes, with a token store in the primary's memory. */
export class WorkerGateway implements AsyncDisposable {
  readonly command: Command;
  readonly host: string;
  readonly adminUrl: string;

  private constructor(command: Command, host: string, adminUrl: string) {
    this.command = command;
    this.host = host;
    this.adminUrl = adminUrl;
  }

  /** @param options - by environment variable, less `CURFEW_`. */
  static async start(
    options: Readonly<Record<string, string>> = {},
    { workers = 2, listen = "127.0.0.1:0", config, env: more = {}, ...command }: WorkerGatewayOptions = {},
  ): Promise<WorkerGateway> {
    const set = { ADMIN_KEY, TOKENS_PATH: ":memory:", LOG_LEVEL: "debug", ...options };
    const env = Object.fromEntries(Object.entries(set).map(([name, value]) => [`CURFEW_${name}`, value]));
    const file = config === undefined ? [] : ["--config", config];
    const args = ["serve", ...FLAGS, "--listen", listen, "--workers", String(workers), ...file];
    const running = new Command(args, { ...env, ...more }, command);
    const [, host = ""] = await running.printed(/listens at https?:\/\/(\S+)/);
    const [, adminUrl = ""] = await running.printed(/API at (\S+)/);
    const gateway = new WorkerGateway(running, host, adminUrl);
    if (workers > 1) await gateway.until(() => gateway.workers().length === workers);
    return gateway;
  }

  /** Waits for what is logged. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const more = once(this.command.process.stderr, "data").then(() => true);
      const over = this.command.exited.then(() => false);
      if (!(await Promise.race([more, over])) && !condition()) throw new Error(`it ended: ${this.command.stderr}`);
    }
  }

  /** The process id of the worker that listened as the `number`th, once it does. */
  async worker(number: number): Promise<number> {
    await this.until(() => this.workers().length > number);
    return this.workers()[number] as number;
  }

  /** The answer's JSON to a request to the admin API. */
  async admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
    const response = await fetch(this.adminUrl + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  async token(target: string, instance = "vm-1"): Promise<{ id: string; token: string }> {
    return await this.admin("POST", "/v1/tokens", { type: "serial", target, instance });
  }

  /** A client of a new token, whether it gets a session or not. */
  async connect(target: string, instance?: string): Promise<Client> {
    return new Client(this.host, (await this.token(target, instance)).token);
  }

  /** A client with a session. */
  async open(target: string, instance?: string): Promise<Client> {
    const client = await this.connect(target, instance);
    await client.message("hello");
    return client;
  }

  /** A client with a session that ends so many seconds after its token was issued, or later on a busy machine. */
  async openFor(time: number, target: string): Promise<Client> {
    return await inEnoughTime(time, async (ttl) => {
      const body = { type: "serial", target, ttl };
      const { token } = await this.admin<{ token: string }>("POST", "/v1/tokens", body);
      const client = new Client(this.host, token);
      return await client.message("hello").then(
        () => client,
        () => undefined,
      );
    });
  }

  /**
   * A client with a session in a worker that is wanted. The kernel picks a worker for each connection; sessions in other
   * workers are closed again.
   */
  async openIn(wanted: (worker: number) => boolean, target: string, instance?: string): Promise<Client> {
    for (;;) {
      const client = await this.connect(target, instance);
      const opened = await client.message("hello").catch(() => undefined);
      // Refused: the slot of the session before is not free yet.
      if (opened === undefined) continue;
      if (wanted(await this.workerOf(client))) return client;
      client.socket.close(1000);
      await client.closed;
    }
  }

  /** A connection of a worker that responds, while others hang. */
  async responsive(): Promise<Socket> {
    const { hostname, port } = new URL(`http://${this.host}`);
    const sockets = Array.from({ length: 16 }, () => connect(Number(port), hostname));
    const request = `GET /healthz HTTP/1.1\r\nHost: ${this.host}\r\n\r\n`;
    const socket = await Promise.any(
      sockets.map(async (each) => {
        each.on("error", () => {}).write(request);
        await once(each, "data");
        return each;
      }),
    );
    for (const other of sockets) if (other !== socket) other.destroy();
    return socket;
  }

  /** What it has logged with this message; fails for a line that is no whole one. */
  logged(message: string): readonly Record<string, unknown>[] {
    return this.command.logged(message);
  }

  /** The workers' process ids, also of those that are gone. */
  workers(): readonly number[] {
    return this.logged("worker listens").map(({ worker }) => Number(worker));
  }

  /** The process ids of the command and of its {@link workers}. */
  get pids(): readonly number[] {
    return [this.command.process.pid ?? 0, ...this.workers()];
  }

  /** The worker that runs a session. */
  async workerOf(client: Client): Promise<number> {
    const id = (await client.message("hello")).session;
    const find = (): Record<string, unknown> | undefined =>
      this.logged("session opened").find(({ session }) => session === id);
    await this.until(() => find() !== undefined);
    return find()?.["worker"] as number;
  }

  /** What `/readyz` of the admin listener says. */
  async readiness(): Promise<readonly [status: number, text: string]> {
    const answer = await fetch(`${this.adminUrl}/readyz`);
    return [answer.status, await answer.text()];
  }

  /** The value of a metric, with its labels as on the page. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.adminUrl}/metrics`)).text();
    const line = text.split("\n").filter((each) => each.startsWith(`${name} `));
    if (line.length !== 1) throw new Error(`expected one line of ${name}, but got ${line.length} in ${text}`);
    return Number(line[0]?.split(" ")[1]);
  }

  /** Waits until every process of it has ended, and not only the primary: they share its output. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.command[Symbol.asyncDispose]();
  }
}
