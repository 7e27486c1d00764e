import { CloseCode } from "@curfew/protocol";
import type { EndReason } from "../end-reason.ts";
import { DurationCounters, LabelCounters, TimedCounters } from "./counters.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";
import type { RelayedBytes } from "./session-info.ts";

/** Up to the time that a lookup may take, in seconds. */
const LOOKUP_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Another gateway of a cluster that has no store. */
export interface PeerFigures {
  readonly peer: string;
  /** Whether it has answered when it was asked last. */
  readonly isOpen: boolean;
  /** How long ago, in milliseconds, it was asked what it has answered since. */
  readonly contactAge: number;
  /** Revocations that it has to learn if it has issued their tokens. */
  readonly revocationsWaiting: number;
}

/** What a gateway knows of the cluster that it is in. */
export interface ClusterFigures {
  /** Whether the store can be reached. @defaultValue there is none */
  readonly isOpen?: () => boolean;
  /** How long ago, in milliseconds, the store was asked what it has answered since. @defaultValue there is none */
  readonly contactAge?: () => number;
  /** The other gateways of a cluster that has no store. @defaultValue there is one */
  readonly peers?: () => readonly PeerFigures[];
  /** How long sessions go on without the store, or the gateway that issued their token, in milliseconds; Infinity where their deadlines alone end them. */
  readonly endAfter: number;
  /** Gateways that the store knows to run, or that answer, this one included. */
  readonly gateways: () => number;
  /** The clock of this machine less that of the store, or of the peer that differs most, in milliseconds. */
  readonly clockDifference: () => number;
}

/** What the metrics read at each scrape. */
export interface MetricsSource {
  readonly sessions: () => number;
  readonly closing: () => number;
  /** Bytes of the sessions that still run. */
  readonly bytes: () => RelayedBytes;
  /** Requests to the admin API without the right key. */
  readonly authenticationFailures: () => number;
  /** Requests to the admin API that failed although they were right, by HTTP status. */
  readonly adminFailures: LabelCounters;
  /** Connections to the public listener, those of sessions included. */
  readonly connections: () => number;
  /** Of these, those without a session whose token is valid. */
  readonly unauthenticated: () => number;
  /** When the certificate of the public listener expires, in milliseconds since the epoch. Left out without one. */
  readonly certificateExpiry?: () => number;
  /** Left out for a gateway of its own. */
  readonly cluster?: ClusterFigures | undefined;
}

/** The values of labels that are exposed from the start. */
export interface MetricsLabels {
  /** The limits that can refuse a session. */
  readonly limits: readonly string[];
  /** The observers of the gateway's events. */
  readonly observers: readonly string[];
  /** Where tokens are looked up. */
  readonly sources: readonly string[];
  /** What can be wrong with an upgrade request. */
  readonly upgradeFaults: readonly string[];
  /** Why a connection without a session can be closed. */
  readonly connectionRefusals: readonly string[];
}

/** What a gateway counts, as plain numbers. */
export class Metrics {
  readonly source: MetricsSource;
  readonly ends: LabelCounters = new LabelCounters([...Object.keys(CloseCode), "client_closed", "connection_lost"]);
  readonly refusals: LabelCounters;
  readonly observerFailures: LabelCounters;
  readonly upgradeFaults: LabelCounters;
  readonly connectionRefusals: LabelCounters;
  readonly lateness: DurationCounters = new DurationCounters([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
  ]);
  readonly handshakes: DurationCounters = new DurationCounters([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]);
  /** How the token store and the token sources answer, by name. */
  readonly lookups: Map<string, TimedCounters> = new Map();
  readonly eventLoopDelay: EventLoopDelay = new EventLoopDelay();
  renewals = 0;
  renewalsRefused = 0;
  /** Sessions that enforcement, which is off, would have ended. */
  outlived = 0;
  /** Checks of running sessions without an answer. */
  revalidationFailures = 0;
  /** Bytes of the sessions that have ended. */
  readonly #past = { toClient: 0, toTarget: 0 };

  constructor(source: MetricsSource, labels: MetricsLabels) {
    this.refusals = new LabelCounters(labels.limits);
    this.observerFailures = new LabelCounters(labels.observers);
    this.upgradeFaults = new LabelCounters(labels.upgradeFaults);
    this.connectionRefusals = new LabelCounters(labels.connectionRefusals);
    this.addSources(labels.sources);
    this.source = source;
  }

  /** Console bytes relayed so far. */
  get bytes(): RelayedBytes {
    const running = this.source.bytes();
    return {
      toClient: this.#past.toClient + running.toClient,
      toTarget: this.#past.toTarget + running.toTarget,
    };
  }

  /** Exposes sources that are not exposed yet. */
  addSources(names: readonly string[]): void {
    for (const name of names) if (!this.lookups.has(name)) this.lookups.set(name, new TimedCounters(LOOKUP_BOUNDS));
  }

  opened(handshakeMs: number): void {
    this.handshakes.add(handshakeMs / 1000);
  }

  renewed(): void {
    this.renewals += 1;
  }

  refused(limit: string): void {
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
}
