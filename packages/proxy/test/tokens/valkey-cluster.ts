import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { RedisServer } from "@curfew/testing/real";
import { pino } from "pino";
import { StoreConnection } from "../../src/cluster-store/connection.ts";
import { createEngine } from "../../src/cluster-store/open-engine.ts";
import { openClient, type StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { parseStoreUrl } from "../../src/cluster-store/valkey/store-url.ts";
import { ClusterTokenStore } from "../../src/tokens/cluster/token-store.ts";

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Where a gateway of a test finds its store, and how. */
export interface TestGatewayOptions {
  readonly url: string;
  readonly prefix?: string;
  readonly settleMs?: number;
}

/** What a gateway has of the token store of its cluster. */
export class StoreGateway implements AsyncDisposable {
  readonly store: ClusterTokenStore;
  readonly connection: StoreConnection;
  readonly lines: LogLine[] = [];
  /** The revocations that it was told of. */
  readonly told: string[] = [];
  /** The tokens of its sessions. */
  live: readonly string[] = [];
  /** How many times the locks may have changed. */
  lockChanges = 0;

  private constructor({ url, prefix = "curfew", settleMs = 0 }: TestGatewayOptions) {
    const log = pino({}, { write: (line: string) => void this.lines.push(JSON.parse(line) as LogLine) });
    this.store = new ClusterTokenStore({ log });
    const engine = createEngine(url, { prefix, ca: undefined });
    this.connection = new StoreConnection({ engine, log, settleMs }, this.store.parts);
    this.store.attach(this.connection);
    this.store.watchLive(async () => this.live);
    this.store.onRevoked((tokenId) => this.told.push(tokenId));
    this.store.onLocksChanged(() => (this.lockChanges += 1));
  }

  /** One that is not connected. */
  static create(options: TestGatewayOptions): StoreGateway {
    return new StoreGateway(options);
  }

  /** One that is connected. */
  static async open(options: TestGatewayOptions): Promise<StoreGateway> {
    const gateway = new StoreGateway(options);
    gateway.connection.start();
    await isConnected(gateway.connection);
    return gateway;
  }

  get messages(): readonly unknown[] {
    return this.lines.map(({ msg }) => msg);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}

/** Waits until it is open: on a busy machine the store may not answer in time at first. */
export async function isConnected(connection: StoreConnection): Promise<void> {
  await connection.opened.catch(() => {});
  if (connection.isOpen) return;
  await new Promise<void>((resolve) => connection.onChange(() => connection.isOpen && resolve()));
}

/** A gateway's way to the store, which can be cut. */
export class StoreLink implements AsyncDisposable {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(port: number) {
    this.#listener = createServer((near) => {
      if (this.#isCut) return void near.destroy();
      const far = connect(port, "127.0.0.1");
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  /** @param port - of the store. */
  static async open(port: number): Promise<StoreLink> {
    const link = new StoreLink(port);
    link.#listener.listen(0, "127.0.0.1");
    await once(link.#listener, "listening");
    return link;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Ends all connections, and lets none be made. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Delivers nothing more; the connections stay open. */
  hold(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Connections can be made again. */
  restore(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, "close");
  }
}

/** The URL of a Redis server. */
export function redisUrl({ host, port, password }: Pick<RedisServer, "host" | "port" | "password">): string {
  return `redis://:${encodeURIComponent(password)}@${host}:${port}`;
}

/** A prefix that no other test has. */
export function anyPrefix(): string {
  return randomUUID();
}

/** A client of an operator, for what the gateway itself never does. */
export async function connectTo(
  server: Pick<RedisServer, "host" | "port" | "password">,
): Promise<StoreClient & Disposable> {
  const client = openClient({ ...parseStoreUrl(redisUrl(server)).server, ca: undefined, timeoutMs: 5000 }, () => {});
  await client.connect();
  return Object.assign(client, {
    [Symbol.dispose]: () => {
      if (client.isOpen) client.destroy();
    },
  });
}
