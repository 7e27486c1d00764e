import { freePort } from "@curfew/testing/real";
import type { DatabaseSystem } from "../../../src/database/database-settings.ts";
import { TestFolder } from "../../support/folder.ts";
import { ClusterGateway, type ClusterGatewayOptions } from "./cluster-gateway.ts";
import { ConsoleClient } from "./console-client.ts";
import { Consoles } from "./consoles.ts";
import { DatabaseStore } from "./database-store.ts";
import { type Machine, Network } from "./network.ts";
import { raiseOpenFiles } from "./open-files.ts";
import { Sentinels } from "./sentinels.ts";
import { StoreServer } from "./store-server.ts";

/** The shortest lease that is allowed, in seconds. */
export const LEASE_SECONDS = 3;

/** What a {@link Cluster} is made of. */
export interface ClusterOptions {
  /** @defaultValue 3 */
  readonly gateways?: number;
  /** Each gateway is a machine of its own in a network. @defaultValue all are at this machine's loopback */
  readonly isNetworked?: boolean;
  /** The store is a database. @defaultValue it is Redis or Valkey */
  readonly database?: DatabaseSystem | undefined;
  /** The store is a master with replicas, watched by Sentinels. @defaultValue it is one server */
  readonly isReplicated?: boolean;
  /** The groups `cluster` and `sessions` of the configuration of each gateway. */
  readonly cluster?: (number: number) => object;
  readonly sessions?: object;
  /** Further groups, or others in place of those that the lab sets. */
  readonly config?: Readonly<Record<string, object>>;
  /** What is different at one gateway. */
  readonly only?: (number: number) => Partial<ClusterGatewayOptions>;
  /** Is called with the store before there is a gateway. */
  readonly prepare?: (store: StoreServer) => Promise<void>;
  /** The store as a gateway reaches it. @defaultValue directly */
  readonly storeUrl?: (number: number, store: StoreServer) => string;
}

/** A token and its id. */
export interface Token {
  readonly id: string;
  readonly token: string;
  /** `Date.now()` when its sessions have to end. */
  readonly expiresAt: number;
}

/** Gateways over one store, and consoles. */
export class Cluster implements AsyncDisposable {
  readonly folder: string;
  readonly gateways: readonly ClusterGateway[];
  readonly machines: readonly Machine[];
  readonly consoles: Consoles;
  readonly #store: Store;
  readonly #stack: AsyncDisposableStack;
  /** All that it has opened. */
  readonly #clients = new Set<ConsoleClient>();

  private constructor(
    parts: Pick<Cluster, "folder" | "gateways" | "machines" | "consoles">,
    stack: AsyncDisposableStack,
    store: Store,
  ) {
    this.folder = parts.folder;
    this.gateways = parts.gateways;
    this.machines = parts.machines;
    this.consoles = parts.consoles;
    this.#store = store;
    this.#stack = stack;
  }

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    await using stack = new AsyncDisposableStack();
    raiseOpenFiles();
    const { path: folder } = stack.use(await TestFolder.create());
    const network = options.isNetworked === true ? stack.use(await Network.create(folder)) : undefined;
    const host = network?.host ?? "127.0.0.1";
    const store = stack.use(await startStore(options, host, folder));
    if (store instanceof StoreServer) await options.prepare?.(store);
    const consoles = stack.use(await Consoles.listen(host));
    const machines: Machine[] = [];
    const gateways: ClusterGateway[] = [];
    for (let number = 0; number < (options.gateways ?? 3); number += 1) {
      const machine = await network?.machine();
      if (machine !== undefined) machines.push(machine);
    }
    const starting = Array.from({ length: options.gateways ?? 3 }, async (_, number) => {
      const url = (store instanceof StoreServer && options.storeUrl?.(number, store)) || store.url;
      return await ClusterGateway.start({
        name: `gateway-${number + 1}`,
        folder,
        machine: machines[number],
        config: configuration(url, number, options),
        ...options.only?.(number),
      });
    });
    for (const gateway of await Promise.all(starting)) gateways.push(stack.use(gateway));
    return new Cluster({ folder, gateways, machines, consoles }, stack.move(), store);
  }

  /** The processes of the gateways and the consoles. */
  get pids(): readonly number[] {
    return [...this.gateways, this.consoles].map(({ pid }) => pid);
  }

  /** The store, where it is one server of Redis or Valkey. */
  get store(): StoreServer {
    if (this.#store instanceof StoreServer) return this.#store;
    throw new Error("the store is no server of Redis or Valkey");
  }

  /** Lets the store stand still, or go on, where it is one server. */
  signalStore(name: "SIGSTOP" | "SIGCONT"): void {
    if (this.#store instanceof Sentinels) throw new Error("the store is several servers");
    this.#store.signal(name);
  }

  /** The store, where it is replicated. */
  get sentinels(): Sentinels {
    if (this.#store instanceof Sentinels) return this.#store;
    throw new Error("the store is one server");
  }

  /** The `number`th gateway. */
  gateway(number: number): ClusterGateway {
    const gateway = this.gateways[number];
    if (gateway === undefined) throw new Error(`there is no gateway ${number}`);
    return gateway;
  }

  /** The machine of the `number`th gateway, in a network. */
  machine(number: number): Machine {
    const machine = this.machines[number];
    if (machine === undefined) throw new Error(`gateway ${number} has no machine of its own`);
    return machine;
  }

  /** Issues a token at a gateway. */
  async issue(
    request: { at?: number; user?: string; instance?: string; ttl?: number; max_sessions?: number } = {},
  ): Promise<Token> {
    const { at = 0, ttl = 3600, ...rest } = request;
    const issued = await this.gateway(at).admin.issueToken({
      type: "serial",
      target: this.consoles.target,
      ttl,
      ...rest,
    });
    return { id: issued.id, token: issued.token, expiresAt: Date.parse(issued.expires_at) };
  }

  /** Opens a session at a gateway. @throws OpenError when it is refused. */
  async open(number: number, { token }: Pick<Token, "token">): Promise<ConsoleClient> {
    const client = new ConsoleClient(this.gateway(number).at, token);
    await client.opened;
    this.#clients.add(client);
    return client;
  }

  /** Leaves no session, also where a scenario has failed. */
  abortAll(): void {
    for (const client of this.#clients) client.abort();
    this.#clients.clear();
  }

  /** How many sessions are counted in the store, and how many leases there are; both are the same when all is well. */
  async slots(): Promise<{ readonly counted: number; readonly leases: number }> {
    if (this.#store instanceof DatabaseStore) return await this.#store.slots();
    return await this.store.ask(async (client) => {
      const leases = await Promise.all((await client.keys("{curfew}:leases:*")).map(async (key) => client.hLen(key)));
      return {
        counted: Number((await client.hGet("{curfew}:counts", "all")) ?? 0),
        leases: leases.reduce((sum, length) => sum + length, 0),
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

type Store = StoreServer | Sentinels | DatabaseStore;

async function startStore({ database, isReplicated }: ClusterOptions, host: string, folder: string): Promise<Store> {
  if (database !== undefined) return await DatabaseStore.start(database);
  if (isReplicated === true) return await Sentinels.start(folder);
  return await StoreServer.start({ host, port: await freePort(), folder });
}

function configuration(store: string, number: number, options: ClusterOptions): Record<string, object> {
  const { cluster, sessions, config } = options;
  return {
    cluster: { store, name: `gateway-${number + 1}`, lease: LEASE_SECONDS, ...cluster?.(number) },
    consoleauth: { enforce_session_timeout: true },
    targets: { allow: ["127.0.0.0/8", "198.18.0.0/15"] },
    sessions: { drain_timeout: 0, max_per_token: null, ...sessions },
    ...config,
  };
}
