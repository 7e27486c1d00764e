import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { ConsoleRow, ConsoleWriter } from "../console-rows/writer.ts";
import type { Subject } from "../subject.ts";
import { Client, type ClientEnd, type ClientOptions } from "./client.ts";
import { ask, type HttpAnswer, type HttpRequest } from "./http.ts";
import { serveRfb, viewRfb } from "./rfb.ts";
import { Target, type TargetConnection } from "./target.ts";

/** What checks are run with. */
export interface LabOptions {
  readonly subject: Subject;
  readonly writer: ConsoleWriter;
  /** The address of this machine that the proxy dials. */
  readonly targetHost: string;
  /** How late after `expires` an end may be noticed here, in milliseconds. */
  readonly latenessMs: number;
  /** How long tokens are good for whose expiry is waited for: longer than a session takes to open, in seconds. */
  readonly tokenSeconds: number;
  /** How long one check may take, in milliseconds. */
  readonly checkMs: number;
}

/** What a check's row says; the rest is as usual. */
export type RowOptions = Partial<Omit<ConsoleRow, "token" | "instance">>;

/** An open console, with both of its ends. */
export interface OpenConsole {
  readonly client: Client;
  readonly connection: TargetConnection;
  readonly row: ConsoleRow;
}

/** Where a row says that the console's page is. */
const BASES = { novnc: "https://console.example/vnc_lite.html", serial: "wss://console.example/" } as const;

/** What one check has made; all of it is closed at its end. */
export class Lab {
  readonly subject: Subject;
  readonly latenessMs: number;
  readonly #options: LabOptions;
  readonly #url: URL;
  readonly #targets: Target[] = [];
  readonly #clients: Client[] = [];
  readonly #closing: (() => void)[] = [];

  constructor(options: LabOptions) {
    this.#options = options;
    this.subject = options.subject;
    this.latenessMs = options.latenessMs;
    this.#url = new URL(options.subject.url.replace(/^ws/, "http"));
  }

  /** Where the proxy listens. */
  get host(): string {
    return this.#url.host;
  }

  get hostname(): string {
    return this.#url.hostname.replace(/^\[|\]$/g, "");
  }

  get port(): number {
    return Number(this.#url.port || 80);
  }

  /** @param serve - what the console does first. @defaultValue as a console of this type does */
  async target(serve: (connection: TargetConnection) => Promise<void> = this.#serve): Promise<Target> {
    const { targetHost } = this.#options;
    const target = await Target.listen(targetHost.startsWith("127.") ? targetHost : "0.0.0.0", serve);
    this.#targets.push(target);
    return target;
  }

  /** A row for a console that is at `target`, good for a minute. */
  async issue(target: Pick<Target, "port">, given: RowOptions = {}): Promise<ConsoleRow> {
    const { writer, targetHost, subject } = this.#options;
    return await writer.issue({
      type: subject.service,
      host: targetHost,
      port: target.port,
      internalAccessPath: null,
      accessUrlBase: BASES[subject.service],
      expires: Math.floor(Date.now() / 1000) + 60,
      ...given,
    });
  }

  connect(options: ClientOptions): Client {
    const client = new Client(this.#url, options);
    this.#clients.push(client);
    return client;
  }

  /** Opens a console and sees that bytes pass both ways. */
  async open(given: RowOptions = {}, options: (row: ConsoleRow) => ClientOptions = byToken): Promise<OpenConsole> {
    const target = await this.target();
    const row = await this.issue(target, given);
    const client = this.connect(options(row));
    if (this.subject.service === "novnc") await viewRfb(client);
    else await client.settled;
    return await this.#exchange(client, target, row);
  }

  async #exchange(client: Client, target: Target, row: ConsoleRow): Promise<OpenConsole> {
    client.send(Buffer.from("ping"));
    const connection = await target.connection();
    assert.equal((await connection.input.read(4)).toString(), "ping");
    connection.write("pong");
    assert.equal((await client.read(4)).toString(), "pong");
    return { client, connection, row };
  }

  /** Connects as somebody who may not: no byte of the console comes, and the console is not dialed. */
  async refuse(given: RowOptions, options: (row: ConsoleRow) => ClientOptions): Promise<ClientEnd> {
    const target = await this.target();
    const row = await this.issue(target, given);
    return await this.refuseAt(target, options(row));
  }

  /** As {@link Lab.refuse}, with a row that exists. */
  async refuseAt(target: Target, options: ClientOptions): Promise<ClientEnd> {
    const client = this.connect(options);
    const dialed = target.accepted.then(() => assert.fail("the console was dialed"));
    const end = await Promise.race([client.closed, dialed]);
    assert.equal(client.total, 0, "console bytes came");
    return end;
  }

  /** As Nova does, see {@link ConsoleWriter.deleteInstance}. */
  async deleteInstance(row: ConsoleRow): Promise<void> {
    await this.#options.writer.deleteInstance(row);
  }

  /** As Nova does, see {@link ConsoleWriter.deleteToken}. */
  async deleteToken(row: ConsoleRow): Promise<void> {
    await this.#options.writer.deleteToken(row);
  }

  /** What the proxy has logged so far. */
  async readLog(): Promise<string> {
    return (await this.subject.readLog?.()) ?? "";
  }

  async ask(request: HttpRequest): Promise<HttpAnswer> {
    return await ask(this.#url, request);
  }

  /** The `expires` of a token whose end is waited for. */
  soon(): number {
    return Math.floor(Date.now() / 1000) + this.#options.tokenSeconds;
  }

  /** Waits until the wall clock has passed an instant, in milliseconds since the epoch. */
  async until(instant: number): Promise<void> {
    while (Date.now() < instant) await delay(instant - Date.now());
  }

  /** That something ended at `expires`: not before, and hardly later. */
  assertEndedAt(expires: number, at: number, what: string): void {
    const lateMs = at - expires * 1000;
    assert.ok(lateMs >= 0, `${what} ended ${-lateMs} ms early`);
    assert.ok(lateMs <= this.latenessMs, `${what} ended ${lateMs} ms late`);
  }

  /** Something else that is to be closed at the end. */
  closeLater(close: () => void): void {
    this.#closing.push(close);
  }

  close(): void {
    for (const close of this.#closing) close();
    for (const { webSocket, socket } of this.#clients) {
      webSocket.terminate();
      socket.destroy();
    }
    for (const target of this.#targets) target.close();
  }

  readonly #serve = async (connection: TargetConnection): Promise<void> => {
    if (this.subject.service === "novnc") await serveRfb(connection);
  };
}

/** The token in the query, as noVNC and Nova's serial URLs have it. */
export function byToken({ token }: ConsoleRow): ClientOptions {
  return { token };
}
