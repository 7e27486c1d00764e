import { Cluster } from "../../../src/cluster/cluster.ts";
import type { Lease } from "../../../src/limits/lease.ts";
import type { SharedLimits } from "../../../src/limits/limits.ts";
import type { LimitOptions } from "../../../src/limits/slots.ts";
import { createLogger } from "../../../src/telemetry/log.ts";
import { ClusterTokenStore } from "../../../src/tokens/cluster/token-store.ts";
import { StoreConnection } from "../../../src/cluster-store/connection.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";

/** As operators set them: each of them makes an index of its own in the store. */
const LIMITS: LimitOptions = {
  max: 1_000_000,
  max_per_client: 1000,
  max_per_token: 16,
  max_per_instance: 4,
  max_per_user: 8,
  on_limit: "refuse",
};

const LEASE_MS = 10_000;
/** What the names in the store begin with. */
export const PREFIX = "size";

/** What a gateway does at the store, with sessions that are only leases. */
export class SimulatedGateway {
  readonly store: ClusterTokenStore;
  /** By the ids of their tokens. */
  readonly leases = new Map<string, Lease>();
  /** Called with the id of each token that was revoked. */
  onRevoked: (tokenId: string) => void = () => {};
  readonly #limits: SharedLimits;
  readonly #connection: StoreConnection;

  constructor(url: string, name: string) {
    const log = createLogger("silent");
    this.store = new ClusterTokenStore({ log });
    const store = (): StoreConnection => this.#connection;
    const cluster = new Cluster({ name, leaseMs: LEASE_MS, limits: LIMITS, store, log });
    const parts = [...this.store.parts, ...cluster.parts];
    this.#connection = new StoreConnection(
      { engine: createEngine(url, { prefix: PREFIX, ca: undefined }), log },
      parts,
    );
    this.store.attach(this.#connection);
    this.store.watchLive(async () => [...this.leases.keys()]);
    this.store.onRevoked((tokenId) => this.onRevoked(tokenId));
    const refuse = (): Promise<never> => Promise.reject(new Error("there is no session"));
    this.#limits = cluster.limits({ refused: () => {}, replace: () => {}, ask: refuse });
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  async connect(): Promise<void> {
    this.#connection.start();
    await this.#connection.opened;
  }

  /** Ends as a process does that is killed. */
  async die(): Promise<void> {
    await this.#connection.close();
  }

  /** Issues a token, looks it up as a browser's request has it done, and gets a slot. */
  async open(index: number): Promise<void> {
    const { token, record } = await this.store.issue({
      type: "vnc",
      endpoint: { type: "tcp", host: "192.0.2.1", port: 5900 },
      ttlMs: 3_600_000,
      instance: `vm-${index}`,
      user: `user-${index % 20_000}`,
    });
    await this.store.resolve(token);
    const request = {
      session: `session-${index}`,
      client: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
      token: record.tokenId,
      instance: record.instance,
      user: record.user,
    };
    this.leases.set(record.tokenId, await this.#limits.acquire(request, new AbortController().signal, () => {}));
  }
}
