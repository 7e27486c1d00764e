import type { AuditEvent, DashboardSession, FeedEvents, MachineCard, MetricsSample } from "../api-types.ts";
import type { Gateways } from "./gateways.ts";
import { MetricsReader } from "./metrics.ts";

/** How often the gateways are asked, while a page is open, in milliseconds. */
const SESSIONS_EVERY_MS = 1000;
const METRICS_EVERY_MS = 2000;

/** Sends one event to one page. */
type Send = <Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]) => void;

export interface FeedOptions {
  readonly gateways: Gateways;
  readonly machines: () => readonly MachineCard[];
  readonly audit: () => readonly AuditEvent[];
}

/**
 * What the open pages are told without asking. The admin API has no stream of its own, so it is
 * asked here, once for all pages and only while there is one; an audit event makes it ask at once.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #pages = new Set<Send>();
  readonly #reader = new MetricsReader();
  #sessions: readonly DashboardSession[] = [];
  #metrics: MetricsSample | undefined;
  #up = true;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Brings a page up to date, and keeps it so until the returned function is called. */
  open(send: Send): () => void {
    this.#pages.add(send);
    send("machines", this.#options.machines());
    send("audit", this.#options.audit());
    send("gateway", { up: this.#up });
    send("sessions", this.#sessions);
    if (this.#metrics !== undefined) send("metrics", this.#metrics);
    if (this.#pages.size === 1) this.#begin();
    return () => {
      this.#pages.delete(send);
      if (this.#pages.size === 0) this.#stop();
    };
  }

  audited(event: AuditEvent): void {
    this.#tell("audit", [event]);
    if (this.#pages.size > 0) void this.#readSessions();
  }

  machinesChanged(): void {
    this.#tell("machines", this.#options.machines());
  }

  #tell: Send = (name, data) => {
    for (const send of this.#pages) send(name, data);
  };

  #begin(): void {
    const readSessions = (): void => void this.#readSessions();
    const readMetrics = (): void => void this.#readMetrics();
    this.#timers = [setInterval(readSessions, SESSIONS_EVERY_MS), setInterval(readMetrics, METRICS_EVERY_MS)];
    readSessions();
    readMetrics();
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #readSessions(): Promise<void> {
    await this.#attempt(async () => {
      const lists = this.#options.gateways.watched().map(async ([gateway, { operator }]) =>
        (await operator.sessions()).map(({ id, name, client, state, expires_at: expires, bytes_to_client: bytes }) => ({
          id,
          gateway,
          name: name ?? "unknown",
          client,
          state,
          leftMs: expires === null ? null : Math.max(0, Date.parse(expires) - Date.now()),
          bytes,
        })),
      );
      const sessions = (await Promise.all(lists)).flat();
      if (sessions.length === 0 && this.#sessions.length === 0) return;
      this.#sessions = sessions;
      this.#tell("sessions", sessions);
    });
  }

  async #readMetrics(): Promise<void> {
    await this.#attempt(async () => {
      const pages = this.#options.gateways.watched().map(async ([, { operator }]) => await operator.metrics());
      this.#metrics = this.#reader.read(await Promise.all(pages), performance.now());
      this.#tell("metrics", this.#metrics);
    });
  }

  async #attempt(read: () => Promise<void>): Promise<void> {
    const up = await read().then(
      () => true,
      () => false,
    );
    if (up !== this.#up) this.#tell("gateway", { up });
    this.#up = up;
  }
}
