import type { AuditEvent, DashboardSession, FeedEvents, MachineCard, MetricsSample } from "../../api-types.ts";

/** What the page knows from the back end. */
export interface Dashboard {
  /** Whether the demo's server talks to this page; `connecting` until it did first. */
  readonly link: "connecting" | "live" | "lost";
  readonly gatewayUp: boolean;
  readonly machines: readonly MachineCard[];
  readonly sessions: readonly DashboardSession[];
  /** When `sessions` came, on the clock of `performance.now()`. */
  readonly sessionsAt: number;
  /** Newest first. */
  readonly audit: readonly AuditEvent[];
  readonly metrics: MetricsSample | undefined;
}

const KEPT_EVENTS = 100;
/** A browser tries again by itself after a broken connection, but not after an answer that is no stream. */
const RETRY_MS = 2000;

/** Follows `GET /api/events` for as long as the page is open, and comes back after every loss. */
export class Feed {
  readonly #listeners = new Set<() => void>();
  #dashboard: Dashboard = {
    link: "connecting",
    gatewayUp: true,
    machines: [],
    sessions: [],
    sessionsAt: 0,
    audit: [],
    metrics: undefined,
  };

  start(): void {
    const source = new EventSource("/api/events");
    const on = <Name extends keyof FeedEvents>(name: Name, apply: (data: FeedEvents[Name]) => Partial<Dashboard>) =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) =>
        this.#set({ link: "live", ...apply(JSON.parse(data) as FeedEvents[Name]) }),
      );
    // The last events come again with each connection, and a restarted server counts from 1.
    source.addEventListener("hello", () => this.#set({ link: "live", audit: [] }));
    on("machines", (machines) => ({ machines }));
    on("sessions", (sessions) => ({ sessions, sessionsAt: performance.now() }));
    on("metrics", (metrics) => ({ metrics }));
    on("gateway", ({ up }) => ({ gatewayUp: up }));
    on("audit", (events) => ({ audit: [...events.toReversed(), ...this.#dashboard.audit].slice(0, KEPT_EVENTS) }));
    source.addEventListener("error", () => {
      this.#set({ link: "lost", sessions: [] });
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.start(), RETRY_MS);
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): Dashboard => this.#dashboard;

  #set(change: Partial<Dashboard>): void {
    this.#dashboard = { ...this.#dashboard, ...change };
    for (const listener of this.#listeners) listener();
  }
}
