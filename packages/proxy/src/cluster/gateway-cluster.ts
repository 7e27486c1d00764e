import { hostname } from "node:os";
import { StoreConnection } from "../cluster-store/connection.ts";
import { createEngine } from "../cluster-store/open-engine.ts";
import { reasonOf } from "../cluster-store/reason.ts";
import type { SessionControl } from "../control/session-control.ts";
import type { LimitOptions } from "../limits/slots.ts";
import { readFileOf } from "../read-file.ts";
import { logError, type Logger } from "../telemetry/log.ts";
import type { ClusterFigures } from "../telemetry/metrics.ts";
import { inTime } from "../time/in-time.ts";
import { ClusterTokenStore } from "../tokens/cluster/token-store.ts";
import { Cluster } from "./cluster.ts";
import { StoreLoss } from "./store-loss.ts";
import { StoreWarnings } from "./store-warnings.ts";

/** The options of a cluster, as configured. */
export interface ClusterSettings {
  readonly store: string;
  readonly ca: string | null;
  readonly name: string | null;
  readonly prefix: string;
  /** In seconds. */
  readonly lease: number;
  readonly on_store_loss: "keep" | { readonly end_after: number };
}

/** How long a stop waits for the store to be told, in milliseconds: otherwise the lease ends by itself. */
const LEAVE_MS = 1000;

/** What the sessions of a gateway that store losses end are told. */
const LOST = {
  reason: "lookup_failed",
  detail: "the gateway cannot ask its cluster's store whether access still holds",
} as const;

/** How this gateway's own sessions are reached. */
export interface OwnSessions {
  readonly control: SessionControl;
  /** The ids of the tokens of all sessions, of all processes. */
  readonly tokenIds: () => Promise<readonly string[]>;
}

/** What a gateway of a cluster shares with the others: their store, and all that hangs on its connection. */
export class GatewayCluster {
  /** Keeps the tokens. */
  readonly store: ClusterTokenStore;
  readonly members: Cluster;
  readonly figures: ClusterFigures;
  readonly #settings: ClusterSettings;
  readonly #connection: StoreConnection;
  readonly #log: Logger;
  #loss: StoreLoss | undefined;

  /** @throws Error naming a file that cannot be read. */
  constructor(settings: ClusterSettings, limits: LimitOptions, log: Logger) {
    const { prefix, name, lease, ca, store } = settings;
    this.#settings = settings;
    this.#log = log;
    this.store = new ClusterTokenStore({ log });
    this.members = new Cluster({
      name: name ?? hostname(),
      leaseMs: lease * 1000,
      limits,
      store: () => this.#connection,
      log,
    });
    const engine = createEngine(store, { prefix, ca: ca === null ? undefined : readFileOf("cluster.ca", ca) });
    const { membership } = this.members;
    const warnings = new StoreWarnings({ clockDifference: () => membership.clockDifference, log });
    this.#connection = new StoreConnection({ engine, log }, [...this.store.parts, ...this.members.parts, warnings]);
    this.store.attach(this.#connection);
    this.figures = {
      isOpen: () => this.#connection.isOpen,
      contactAge: () => performance.now() - this.#connection.lastContact,
      endAfter: this.#endAfterMs ?? Infinity,
      gateways: () => membership.live.length,
      clockDifference: () => membership.clockDifference,
    };
  }

  /** Controls the sessions of all gateways, once {@link connect} has fulfilled; the others control those of this one. */
  join({ control, tokenIds }: OwnSessions): SessionControl {
    this.store.watchLive(tokenIds);
    this.#loss = new StoreLoss({
      connection: this.#connection,
      endAfterMs: this.#endAfterMs,
      end: () => void control.end({ by: "all" }, LOST).catch((error: unknown) => this.#logFailure(error)),
      log: this.#log,
    });
    return this.members.control(control, async (id) => await this.store.readLock(id));
  }

  /** @throws Error when the store cannot be reached now. Later, the connection is made anew whenever it is lost. */
  async connect(): Promise<void> {
    this.#connection.start();
    try {
      await this.#connection.opened;
    } catch (cause) {
      throw new Error(`cluster.store: there is no connection: ${reasonOf(cause)}`, { cause });
    }
  }

  /** What `/readyz` adds without the store. */
  get note(): string | undefined {
    return this.#connection.isOpen ? undefined : `running sessions go on ${this.#loss?.bound}`;
  }

  /** Leaves the other gateways. */
  async close(): Promise<void> {
    this.#loss?.close();
    if (this.#connection.isOpen) await this.#leave().catch((error: unknown) => this.#logFailure(error));
    await this.#connection.close();
  }

  async #leave(): Promise<void> {
    await inTime(async () => await this.members.leave(), LEAVE_MS);
  }

  get #endAfterMs(): number | undefined {
    const { on_store_loss: policy } = this.#settings;
    return policy === "keep" ? undefined : policy.end_after * 1000;
  }

  #logFailure(error: unknown): void {
    logError(this.#log, { level: "error", error }, "the cluster could not be served");
  }
}
