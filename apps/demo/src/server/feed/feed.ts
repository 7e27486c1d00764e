import type { AuditEvent, DashboardSession, FeedEvents, MachineCard, MetricsSample } from "../../api-types.ts";
import type { Gateways } from "../gateways/gateways.ts";
import { MetricsReader } from "./metrics.ts";

/** How often the gateways are polled while a page is open, in milliseconds. */
const SESSIONS_EVERY_MS = 1000;
const METRICS_EVERY_MS = 2000;

/** Sends an event to a page. */
type Send = <Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]) => void;

export interface FeedOptions {
  readonly gateways: Gateways;
  readonly machines: () => readonly MachineCard[];
  readonly audit: () => readonly AuditEvent[];
}

/**
 * Pushes events to the open pages. Polls the admin API once for all pages, only while a page is open, and immediately
 * after an audit event.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #pages = new Set<Send>();
  readonly #reader = new MetricsReader();
  #sessions: readonly DashboardSession[] = [];
  #metrics: MetricsSample | undefined;
  #up = true;
  /** Counts the requests for sessions, whose answers may arrive in another order. */
  #asked = 0;
  #shown = 0;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Sends a page the current state, and each change until the returned function is called. */
  open(send: Send): () => void {
    this.#pages.add(send);
    send("machines", this.#options.machines());
    send("audit", this.#options.audit());
    send("gateway", { up: this.#up });
    this.#sendCluster(send);
    send("sessions", this.#sessions);
    if (this.#metrics !== undefined) send("metrics", this.#metrics);
    if (this.#pages.size === 1) this.#startPolling();
    return () => {
      this.#pages.delete(send);
      if (this.#pages.size === 0) this.#stopPolling();
    };
  }

  addAuditEvent(event: AuditEvent): void {
    this.#broadcast("audit", [event]);
    if (this.#pages.size > 0) void this.#readSessions();
  }

  machinesChanged(): void {
    this.#broadcast("machines", this.#options.machines());
  }

  clusterChanged(): void {
    this.#sendCluster(this.#broadcast);
  }

  #sendCluster(send: Send): void {
    const { cluster } = this.#options.gateways;
    if (cluster !== undefined) send("cluster", cluster.view());
  }

  #broadcast: Send = (name, data) => {
    for (const send of this.#pages) send(name, data);
  };

  #startPolling(): void {
    const readSessions = (): void => void this.#readSessions();
    const readMetrics = (): void => void this.#readMetrics();
    this.#timers = [setInterval(readSessions, SESSIONS_EVERY_MS), setInterval(readMetrics, METRICS_EVERY_MS)];
    readSessions();
    readMetrics();
  }

  #stopPolling(): void {
    for (const timer of this.#timers) clearInterval(timer);
    // Outdated by the time another page opens.
    this.#sessions = [];
    this.#metrics = undefined;
  }

  async #readSessions(): Promise<void> {
    const asked = (this.#asked += 1);
    await this.#attempt(async () => {
      const lists = this.#options.gateways.watched().map(async ([gateway, running]) =>
        (await running.listSessions()).map(
          ({ id, gateway: member, name, client, state, expires_at: expires, bytes_to_client: bytes }) => ({
            id,
            gateway,
            runsAt: member ?? gateway,
            name: name ?? "unknown",
            client,
            state,
            leftMs: expires === null ? null : Math.max(0, Date.parse(expires) - Date.now()),
            bytes,
          }),
        ),
      );
      const sessions = (await Promise.all(lists)).flat();
      // Outdated by the time another page opens.
      if (this.#pages.size === 0) return;
      if (asked < this.#shown || (sessions.length === 0 && this.#sessions.length === 0)) return;
      this.#shown = asked;
      this.#sessions = sessions;
      this.#broadcast("sessions", sessions);
    });
  }

  async #readMetrics(): Promise<void> {
    await this.#attempt(async () => {
      const pages = this.#options.gateways.watched().map(async ([, gateway]) => await gateway.metrics());
      this.#metrics = this.#reader.read((await Promise.all(pages)).flat(), performance.now());
      this.#broadcast("metrics", this.#metrics);
    });
  }

  async #attempt(read: () => Promise<void>): Promise<void> {
    const up = await read().then(
      () => true,
      () => false,
    );
    if (up !== this.#up) this.#broadcast("gateway", { up });
    this.#up = up;
  }
}
