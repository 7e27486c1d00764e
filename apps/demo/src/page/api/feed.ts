import type {
  AuditEvent,
  ClusterView,
  DashboardSession,
  FeedEvents,
  MachineCard,
  MetricsSample,
} from "../../api-types.ts";

/** The state that the server pushes. */
export interface Dashboard {
  /** The state of the connection to the demo server. */
  readonly connection: "connecting" | "live" | "lost";
  readonly gatewayUp: boolean;
  readonly machines: readonly MachineCard[];
  readonly sessions: readonly DashboardSession[];
  /** When `sessions` arrived, on the clock of `performance.now()`. */
  readonly sessionsAt: number;
  /** Newest first. */
  readonly audit: readonly AuditEvent[];
  readonly metrics: MetricsSample | undefined;
  /** Undefined for a demo without a cluster. */
  readonly cluster: ClusterView | undefined;
}

const MAX_EVENTS = 100;
/** Browsers reconnect after a lost connection, but not after a response that is not an event stream. */
const RETRY_MS = 2000;

/** Receives `GET /api/events` while the page is open, and reconnects when the connection is lost. */
export class Feed {
  readonly #listeners = new Set<() => void>();
  #dashboard: Dashboard = {
    connection: "connecting",
    gatewayUp: true,
    machines: [],
    sessions: [],
    sessionsAt: 0,
    audit: [],
    metrics: undefined,
    cluster: undefined,
  };

  start(): void {
    const source = new EventSource("/api/events");
    const on = <Name extends keyof FeedEvents>(name: Name, apply: (data: FeedEvents[Name]) => Partial<Dashboard>) =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) =>
        this.#set({ connection: "live", ...apply(JSON.parse(data) as FeedEvents[Name]) }),
      );
    // Each connection starts with the most recent events, and a restarted server numbers them from 1 again.
    source.addEventListener("hello", () => this.#set({ connection: "live", audit: [] }));
    on("machines", (machines) => ({ machines }));
    on("sessions", (sessions) => ({ sessions, sessionsAt: performance.now() }));
    on("metrics", (metrics) => ({ metrics }));
    on("cluster", (cluster) => ({ cluster }));
    on("gateway", ({ up }) => ({ gatewayUp: up }));
    on("audit", (events) => ({ audit: [...events.toReversed(), ...this.#dashboard.audit].slice(0, MAX_EVENTS) }));
    source.addEventListener("error", () => {
      this.#set({ connection: "lost", sessions: [] });
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
