import { CloseCode } from "@curfew/protocol";
import type { RelayedBytes } from "../relay/relay.ts";
import type { EndReason } from "../sessions/end-reason.ts";
import { LIMIT_NAMES, type LimitName } from "../sessions/limits.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";
import type { MetricsPage, MetricsSnapshot } from "./metrics-page.ts";
import { DurationTally, NamedTally } from "./tally.ts";

/** What the metrics read when they are scraped. */
export interface MetricsSource {
  readonly sessions: () => number;
  readonly closing: () => number;
  /** Bytes of the sessions that still run. */
  readonly bytes: () => RelayedBytes;
}

/**
 * What a gateway counts. Plain numbers: the page that shows them in Prometheus' text format is loaded by
 * the first scrape, since it costs more memory and time than a gateway needs to start.
 */
export class Metrics {
  readonly source: MetricsSource;
  readonly ends: NamedTally = new NamedTally([...Object.keys(CloseCode), "client_closed", "connection_lost"]);
  readonly refusals: NamedTally = new NamedTally(LIMIT_NAMES);
  readonly lateness: DurationTally = new DurationTally([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]);
  readonly handshakes: DurationTally = new DurationTally([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]);
  readonly eventLoopDelay: EventLoopDelay = new EventLoopDelay();
  renewals = 0;
  /** Bytes of the sessions that have ended. */
  readonly #past = { toClient: 0, toTarget: 0 };
  #page: Promise<MetricsPage> | undefined;

  constructor(source: MetricsSource) {
    this.source = source;
  }

  /** Console bytes passed on so far. */
  get bytes(): RelayedBytes {
    const running = this.source.bytes();
    return {
      toClient: this.#past.toClient + running.toClient,
      toTarget: this.#past.toTarget + running.toTarget,
    };
  }

  opened(handshakeMs: number): void {
    this.handshakes.add(handshakeMs / 1000);
  }

  renewed(): void {
    this.renewals += 1;
  }

  refused(limit: LimitName): void {
    this.refusals.add(limit);
  }

  ended(reason: EndReason, bytes: RelayedBytes, lateMs: number | undefined): void {
    this.ends.add(reason);
    this.#past.toClient += bytes.toClient;
    this.#past.toTarget += bytes.toTarget;
    if (lateMs !== undefined) this.lateness.add(lateMs / 1000);
  }

  /** Stops what is measured between scrapes. */
  close(): void {
    this.eventLoopDelay.stop();
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    return await (await this.#openPage()).text();
  }

  /** For the page of a gateway of several processes. */
  async snapshot(): Promise<MetricsSnapshot> {
    return await (await this.#openPage()).snapshot();
  }

  async #openPage(): Promise<MetricsPage> {
    this.#page ??= import("./metrics-page.ts").then(({ MetricsPage: Page }) => new Page(this));
    return await this.#page;
  }
}
