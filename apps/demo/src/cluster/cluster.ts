import { randomBytes } from "node:crypto";
import type { AdminClient, SessionView } from "@curfew/proxy/admin";
import { type RedisServer, startRedis } from "@curfew/testing/real";
import type { ClusterAction, ClusterView } from "../api-types.ts";
import { reservePort } from "../local/free-port.ts";
import type { ClusterOptions } from "../server/dashboard.ts";
import { configOf, type GatewayCluster } from "../server/gateways/gateways.ts";
import { ClusterGateway } from "./cluster-gateway.ts";
import { startLoadBalancer } from "./load-balancer.ts";

/** The names of the gateways. */
export const GATEWAYS = ["gateway-1", "gateway-2", "gateway-3"] as const;

/** The port of the load balancer; any free port if it is in use. */
const PORT = 6080;

/** Shorter than by default, so that a demonstration has no long waits: both in seconds. */
const LEASE = 5;
const DRAIN_TIMEOUT = 5;

/** A store, three gateways that share it, and a load balancer in front of them. */
export class Cluster implements GatewayCluster, AsyncDisposable {
  readonly origin: string;
  /** Fulfilled when the store or HAProxy has ended, with a sentence that says so. Gateways may end: they can be started. */
  readonly lost: Promise<string>;
  readonly #gateways: readonly ClusterGateway[];
  readonly #store: RedisServer;
  readonly #onChange: () => void;
  readonly #parts: AsyncDisposableStack;
  #isFrozen = false;
  /** Counts the requests, each of which another gateway answers. */
  #asked = 0;

  private constructor(
    parts: AsyncDisposableStack,
    made: {
      origin: string;
      lost: Promise<string>;
      gateways: readonly ClusterGateway[];
      store: RedisServer;
      onChange: () => void;
    },
  ) {
    this.#parts = parts;
    this.origin = made.origin;
    this.lost = made.lost;
    this.#gateways = made.gateways;
    this.#store = made.store;
    this.#onChange = made.onChange;
  }

  /**
   * Starts all parts on free ports of 127.0.0.1.
   *
   * @param folder - where their files are written.
   * @throws Error when one of them does not start; the others are stopped then.
   */
  static async start(folder: string, { onLog, onChange, ...settings }: ClusterOptions): Promise<Cluster> {
    await using parts = new AsyncDisposableStack();
    const store = parts.use(await startRedis());
    await using reserved = new AsyncDisposableStack();
    const { port } = reserved.use(await reservePort(PORT));
    const origin = `http://127.0.0.1:${port}`;
    const own = configOf("enforcing", 0, settings);
    const common = {
      folder,
      config: {
        ...own,
        trusted_proxies: ["127.0.0.1"],
        console: { ...own.console, base_url: origin },
        sessions: { ...own.sessions, drain_timeout: DRAIN_TIMEOUT },
        cluster: { lease: LEASE },
      },
      store: `redis://:${encodeURIComponent(store.password)}@${store.host}:${store.port}`,
      key: randomBytes(16).toString("hex"),
      onLog,
      onChange,
    };
    const gateways: ClusterGateway[] = [];
    for (const name of GATEWAYS) gateways.push(parts.use(await ClusterGateway.create({ ...common, name })));
    await Promise.all(gateways.map(async (gateway) => await gateway.start()));
    await reserved.disposeAsync();
    const balancer = parts.use(await startLoadBalancer({ folder, port, gateways: gateways.map(({ at }) => at) }));
    const lost = Promise.race([
      store.exited.then(() => "The store has ended."),
      balancer.exited.then(() => `HAProxy has ended. ${balancer.words}`),
    ]);
    return new Cluster(parts.move(), { origin, lost, gateways, store, onChange });
  }

  /** The admin API of one of the running gateways, each time of another one. */
  get admin(): AdminClient {
    const running = this.#running();
    const gateway = running[(this.#asked += 1) % running.length];
    if (gateway === undefined) throw new Error("No gateway of the cluster is running.");
    return gateway.admin;
  }

  async listSessions(): Promise<readonly SessionView[]> {
    if (this.#running().length === 0) return [];
    const { sessions, unavailable } = await this.admin.listSessions();
    if (unavailable.length === 0) return sessions;
    // Gateways cannot ask each other without the store.
    const lists = await Promise.all(this.#running().map(async ({ admin }) => (await admin.listSessions()).sessions));
    return [...new Map(lists.flat().map((session) => [session.id, session])).values()];
  }

  async metrics(): Promise<readonly string[]> {
    return await Promise.all(this.#running().map(async ({ admin }) => await admin.metrics()));
  }

  view(): ClusterView {
    return {
      gateways: this.#gateways.map(({ name, state }) => ({ name, state })),
      store: { state: this.#isFrozen ? "frozen" : "up" },
    };
  }

  async act(part: string, action: ClusterAction): Promise<void> {
    if (part === "store" && (action === "freeze" || action === "thaw")) return this.#freeze(action === "freeze");
    const gateway = this.#gateways.find(({ name }) => name === part);
    if (gateway === undefined || action === "freeze" || action === "thaw") {
      throw new Error(`expected a gateway to ${action}, but got ${part}`);
    }
    if (action === "drain") gateway.drain();
    else await gateway[action]();
  }

  /** Revokes all tokens, which ends their sessions. @returns how many tokens were revoked */
  async revokeAll(): Promise<number> {
    let count = 0;
    for (let next: string | undefined; ;) {
      const page = await this.admin.listTokens({ after: next });
      await Promise.all(page.tokens.map(async ({ id }) => await this.admin.revokeToken(id)));
      count += page.tokens.length;
      next = page.next;
      if (next === undefined) return count;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  #freeze(isFrozen: boolean): void {
    if (isFrozen) this.#store.freeze();
    else this.#store.thaw();
    this.#isFrozen = isFrozen;
    this.#onChange();
  }

  #running(): readonly ClusterGateway[] {
    return this.#gateways.filter(({ state }) => state === "up" || state === "draining");
  }
}
