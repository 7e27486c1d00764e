import { CloseCode } from "@curfew/protocol";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { EndReason } from "../sessions/end-reason.ts";
import type { RelayedBytes } from "../relay/relay.ts";
import { LIMIT_NAMES, type LimitName } from "../sessions/limits.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";

/** What the metrics read when they are scraped. */
export interface MetricsSource {
  readonly sessions: () => number;
  readonly closing: () => number;
  /** Bytes of the sessions that still run. */
  readonly bytes: () => RelayedBytes;
}

/** The media type of Prometheus' text format. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** The metrics of one process, as they can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The gateway's metrics in Prometheus' text format. Each gateway has a registry of its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #ended: Counter<"reason">;
  readonly #lateness: Histogram;
  readonly #handshake: Histogram;
  readonly #renewals: Counter;
  readonly #refused: Counter<"limit">;
  readonly #past = { toClient: 0, toTarget: 0 };
  readonly #eventLoopDelay = new EventLoopDelay();

  constructor(source: MetricsSource) {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number, aggregator: "sum" | "max" = "sum"): void => {
      void new Gauge({
        name,
        help,
        registers,
        aggregator,
        collect() {
          this.set(read());
        },
      });
    };
    gauge("curfew_sessions_active", "Sessions that have not ended.", source.sessions);
    gauge("curfew_sessions_closing", "Ended sessions with a socket still open.", source.closing);
    const longestDelay = (): number => this.#eventLoopDelay.takeLongest();
    gauge(
      "curfew_event_loop_delay_max_seconds",
      "The event loop's longest delay since the last scrape.",
      longestDelay,
      "max",
    );
    this.#ended = new Counter({
      name: "curfew_sessions_ended_total",
      help: "Ended sessions, by end reason.",
      labelNames: ["reason"],
      registers,
    });
    // All series from the start: a rate over a series that begins at 1 misses the first event.
    const reasons: readonly string[] = [...Object.keys(CloseCode), "client_closed", "connection_lost"];
    for (const reason of reasons) this.#ended.inc({ reason }, 0);
    this.#refused = new Counter({
      name: "curfew_sessions_refused_total",
      help: "Sessions refused at a limit, by limit.",
      labelNames: ["limit"],
      registers,
    });
    for (const limit of LIMIT_NAMES) this.#refused.inc({ limit }, 0);
    this.#renewals = new Counter({ name: "curfew_renewals_total", help: "Renewals in place.", registers });
    this.#lateness = new Histogram({
      name: "curfew_session_expiry_lateness_seconds",
      help: "How late sessions were ended at their deadline.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    });
    this.#handshake = new Histogram({
      name: "curfew_session_handshake_seconds",
      help: "From the client's connection to the target's accept.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    const past = this.#past;
    void new Counter({
      name: "curfew_relayed_bytes_total",
      help: "Console bytes passed on, by direction.",
      labelNames: ["direction"],
      registers,
      collect() {
        const running = source.bytes();
        this.reset();
        this.inc({ direction: "to_client" }, past.toClient + running.toClient);
        this.inc({ direction: "to_target" }, past.toTarget + running.toTarget);
      },
    });
  }

  opened(handshakeMs: number): void {
    this.#handshake.observe(handshakeMs / 1000);
  }

  renewed(): void {
    this.#renewals.inc();
  }

  refused(limit: LimitName): void {
    this.#refused.inc({ limit });
  }

  ended(reason: EndReason, bytes: RelayedBytes, lateMs: number | undefined): void {
    this.#ended.inc({ reason });
    this.#past.toClient += bytes.toClient;
    this.#past.toTarget += bytes.toTarget;
    if (lateMs !== undefined) this.#lateness.observe(lateMs / 1000);
  }

  /** Stops what is measured between scrapes. */
  close(): void {
    this.#eventLoopDelay.stop();
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  /** For the page of a gateway of several processes. */
  async snapshot(): Promise<MetricsSnapshot> {
    return await this.#registry.getMetricsAsJSON();
  }
}
