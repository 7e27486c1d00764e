import type { RedisServer } from "@curfew/testing/real";
import { Cluster } from "../../src/cluster/cluster.ts";
import { MergedControl } from "../../src/control/merged-control.ts";
import type { Lease } from "../../src/limits/lease.ts";
import type { SharedLimits } from "../../src/limits/limits.ts";
import { RemoteLimits } from "../../src/limits/remote-limits.ts";
import type { SlotOwner } from "../../src/limits/shared-slots.ts";
import type { LimitOptions, SlotRequest } from "../../src/limits/slots.ts";
import type { TakeoverAnswer } from "../../src/limits/takeover.ts";
import { createLogger } from "../../src/telemetry/log.ts";
import { createEngine } from "../../src/cluster-store/open-engine.ts";
import { openClient, type StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { StoreConnection } from "../../src/cluster-store/connection.ts";
import { isConnected } from "../tokens/valkey-cluster.ts";

export const NO_LIMITS: LimitOptions = {
  max: null,
  max_per_client: null,
  max_per_token: null,
  max_per_instance: null,
  max_per_user: null,
  on_limit: "refuse",
};

/** As `cluster.store` has it. */
export function storeUrl({ host, port, password }: RedisServer): string {
  return `redis://:${encodeURIComponent(password)}@${host}:${port}`;
}

/** A client of the test's own. */
export async function openStore({ host, port, password }: RedisServer): Promise<StoreClient> {
  const client = openClient(
    { host, port, password, tls: false, username: undefined, database: 0, ca: undefined, timeoutMs: 10_000 },
    () => {},
  );
  await client.connect();
  return client;
}

/** A gateway of a cluster whose sessions are only names. */
export class TestGateway implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly connection: StoreConnection;
  readonly limits: SharedLimits;
  readonly control: MergedControl;
  /** By their ids. */
  readonly sessions = new Map<string, Lease>();
  /** What sessions were told that were replaced. */
  readonly replaced: string[] = [];
  /** How users answer. */
  answer: (session: string, signal: AbortSignal) => Promise<TakeoverAnswer> = async () => "allowed";
  /** What the end of a session waits for. */
  ending: Promise<void> | undefined;
  /** By their ids, the sessions that have no slot yet. */
  readonly #opening = new Map<string, AbortController>();

  constructor(url: string, prefix: string, name: string, limits: LimitOptions, leaseMs: number) {
    const log = createLogger("silent");
    this.cluster = new Cluster({ name, leaseMs, limits, log, store: () => this.connection });
    const engine = createEngine(url, { prefix, ca: undefined });
    this.connection = new StoreConnection({ engine, log, settleMs: 0 }, this.cluster.parts);
    const owner: SlotOwner = {
      end: async ({ session }, detail) => await this.#replace(session, detail),
      ask: async ({ session }, _by, signal) => await this.answer(session, signal),
    };
    this.limits = new RemoteLimits(this.cluster.slots.of(owner), { refused: () => {} }, true);
    const own = new MergedControl((async ({ type }: { type: string }) => ({
      answers: [type === "end" ? this.sessions.size : null],
      unavailable: [],
      replaced: [],
    })) as never);
    this.control = this.cluster.control(own, async () => undefined) as MergedControl;
  }

  get id(): string {
    return this.cluster.membership.self.id;
  }

  leaseOf(session: string): string {
    return this.sessions.get(session)?.id ?? "none";
  }

  /** Opens a session: rejects when it gets no slot. */
  async open(session: string, request: Partial<SlotRequest> = {}): Promise<void> {
    const left = new AbortController();
    this.#opening.set(session, left);
    const asked = { session, client: "192.0.2.1", token: session, instance: undefined, user: undefined, ...request };
    const lease = await this.limits.acquire(asked, left.signal, () => {});
    this.#opening.delete(session);
    if (left.signal.aborted) lease.release();
    else this.sessions.set(session, lease);
  }

  end(session: string): void {
    this.#opening.get(session)?.abort();
    this.sessions.get(session)?.release();
    this.sessions.delete(session);
  }

  async #replace(session: string, detail: string): Promise<void> {
    this.replaced.push(`${session}: ${detail}`);
    await this.ending;
    this.end(session);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }
}

export interface GatewayOptions {
  readonly limits?: Partial<LimitOptions>;
  readonly leaseMs?: number;
}

export interface OpenGateways extends AsyncDisposable {
  readonly gateways: readonly TestGateway[];
}

/** Starts gateways with these names. @param url - of their store. */
export async function openGateways(
  url: string,
  prefix: string,
  names: readonly string[],
  { limits, leaseMs = 60_000 }: GatewayOptions,
): Promise<OpenGateways> {
  const gateways = names.map((name) => new TestGateway(url, prefix, name, { ...NO_LIMITS, ...limits }, leaseMs));
  for (const { connection } of gateways) connection.start();
  await Promise.all(gateways.map(async ({ connection }) => await isConnected(connection)));
  const close = async (): Promise<void> =>
    void (await Promise.all(gateways.map(async (gateway) => await gateway[Symbol.asyncDispose]())));
  return { gateways, [Symbol.asyncDispose]: close };
}
