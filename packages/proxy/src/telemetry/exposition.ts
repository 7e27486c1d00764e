import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { DESCRIPTOR_LIMIT, openDescriptors } from "../net/descriptors.ts";
import { auditLines } from "./audit/writer.ts";
import { clockSteps } from "./clock-steps.ts";
import { droppedLogLines } from "./log-destination.ts";
import { uncaughtErrors } from "./uncaught-errors.ts";
import type { ClusterFigures, Metrics, MetricsSource, PeerFigures } from "./metrics.ts";
import type { DurationCounters, LabelCounters } from "./counters.ts";
import { BUILD } from "../version.ts";

/** The media type of Prometheus' text format. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** The metrics of one process, as they can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** What a gateway counts, in Prometheus' text format. Each gateway has a registry of its own. */
export class MetricsExposition {
  readonly #registry = new Registry();

  constructor(metrics: Metrics) {
    const { source, eventLoopDelay } = metrics;
    this.#gauge("curfew_sessions_active", "Sessions that have not ended.", source.sessions);
    this.#gauge("curfew_sessions_closing", "Ended sessions with a socket still open.", source.closing);
    this.#gauge(
      "curfew_event_loop_delay_max_seconds",
      "The event loop's longest delay in the last minute.",
      () => eventLoopDelay.readLongest(),
      "max",
    );
    this.#labels("curfew_sessions_ended_total", "Ended sessions, by end reason.", "reason", metrics.ends);
    this.#labels("curfew_sessions_refused_total", "Sessions refused at a limit, by limit.", "limit", metrics.refusals);
    this.#connections(metrics);
    addProcess(this.#registry);
    addAdmin(this.#registry, source);
    if (source.cluster !== undefined) addCluster(this.#registry, source.cluster);
    addFailures(this.#registry, metrics.observerFailures);
    this.#counter(
      "curfew_session_would_have_expired_total",
      "Sessions that outlived their token because enforcement is off.",
      [],
      (counter) => counter.inc(metrics.outlived),
    );
    this.#counter("curfew_renewals_total", "Renewals in place.", [], (counter) => counter.inc(metrics.renewals));
    this.#counter("curfew_renewals_refused_total", "Renewals that were refused.", [], (counter) => {
      counter.inc(metrics.renewalsRefused);
    });
    this.#counter(
      "curfew_revalidation_failures_total",
      "Checks of running sessions without an answer.",
      [],
      (counter) => counter.inc(metrics.revalidationFailures),
    );
    this.#histogram(
      "curfew_session_expiry_lateness_seconds",
      "How late sessions were ended at their deadline.",
      metrics.lateness,
    );
    this.#registry.registerMetric(
      new CountedHistogram(
        "curfew_token_lookup_seconds",
        "How long the token store and the token sources took to answer a lookup, by source.",
        [...metrics.lookups].map(([source, { durations }]) => ({ labels: { source }, counters: durations })),
      ),
    );
    this.#counter("curfew_token_lookup_errors_total", "Lookups that failed, by source.", ["source"], (counter) => {
      for (const [source, { errors }] of metrics.lookups) counter.inc({ source }, errors);
    });
    this.#histogram(
      "curfew_session_handshake_seconds",
      "From the client's connection to the target's accept.",
      metrics.handshakes,
    );
    this.#counter("curfew_relayed_bytes_total", "Console bytes passed on, by direction.", ["direction"], (counter) => {
      const { toClient, toTarget } = metrics.bytes;
      counter.inc({ direction: "to_client" }, toClient);
      counter.inc({ direction: "to_target" }, toTarget);
    });
  }

  /** What concerns the public listener. */
  #connections({ source, connectionRefusals, upgradeFaults }: Metrics): void {
    this.#gauge("curfew_connections_open", "Connections to the public listener.", source.connections);
    this.#gauge(
      "curfew_connections_unauthenticated",
      "Connections to the public listener without a valid token.",
      source.unauthenticated,
    );
    const { certificateExpiry } = source;
    if (certificateExpiry !== undefined) {
      this.#gauge(
        "curfew_certificate_expiry_timestamp_seconds",
        "When the certificate in use expires, as Unix time.",
        () => certificateExpiry() / 1000,
        "min",
      );
    }
    this.#labels(
      "curfew_connections_refused_total",
      "Connections that were closed at a limit, by reason.",
      "reason",
      connectionRefusals,
    );
    this.#labels(
      "curfew_upgrades_refused_total",
      "Malformed upgrade requests, by what was wrong.",
      "fault",
      upgradeFaults,
    );
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  async snapshot(): Promise<MetricsSnapshot> {
    return await this.#registry.getMetricsAsJSON();
  }

  #gauge(name: string, help: string, read: () => number, aggregator: "sum" | "max" | "min" = "sum"): void {
    void new Gauge({
      name,
      help,
      registers: [this.#registry],
      aggregator,
      collect() {
        this.set(read());
      },
    });
  }

  #counter(name: string, help: string, labelNames: string[], read: (counter: Counter) => void): void {
    addCounter(this.#registry, { name, help, labelNames }, read);
  }

  #labels(name: string, help: string, label: string, counters: LabelCounters): void {
    addLabelCounter(this.#registry, { name, help, labelNames: [label] }, counters);
  }

  #histogram(name: string, help: string, counters: DurationCounters): void {
    this.#registry.registerMetric(new CountedHistogram(name, help, [{ labels: {}, counters }]));
  }
}

/** The metrics of a process that runs no sessions itself. */
export async function primarySnapshot(failures: LabelCounters, admin: AdminCounts): Promise<MetricsSnapshot> {
  const registry = new Registry();
  addProcess(registry);
  addAdmin(registry, admin);
  if (admin.cluster !== undefined) addCluster(registry, admin.cluster);
  addFailures(registry, failures);
  return await registry.getMetricsAsJSON();
}

/** What concerns the process. Of several, the one that is worst off counts, or the counts are added up. */
function addProcess(registry: Registry): void {
  const counters = [
    ["curfew_log_lines_dropped_total", "Log lines that could not be written.", droppedLogLines],
    ["curfew_audit_lines_total", "Lines of the audit trail.", () => auditLines().written],
    ["curfew_audit_lines_lost_total", "Lines of the audit trail that could not be written.", () => auditLines().lost],
    ["curfew_clock_steps_total", "Times that the machine's clock was set by half a second or more.", clockSteps],
    ["curfew_uncaught_errors_total", "Errors that were not caught where they happened.", uncaughtErrors],
  ] as const;
  for (const [name, help, read] of counters) {
    addCounter(registry, { name, help, labelNames: [] }, (counter) => counter.inc(read()));
  }
  void new Gauge({
    name: "curfew_build_info",
    help: "1, with the versions of the gateway and of Node as labels.",
    labelNames: Object.keys(BUILD),
    registers: [registry],
    aggregator: "max",
    collect() {
      this.set(BUILD, 1);
    },
  });
  void new Gauge({
    name: "curfew_open_descriptors",
    help: "Open file descriptors, of the process that has most.",
    registers: [registry],
    aggregator: "max",
    async collect() {
      this.set(await openDescriptors());
    },
  });
  void new Gauge({
    name: "curfew_max_descriptors",
    help: "How many file descriptors a process may have open.",
    registers: [registry],
    aggregator: "min",
    collect() {
      this.set(DESCRIPTOR_LIMIT);
    },
  });
}

/** What concerns the store that several gateways share. */
function addCluster(registry: Registry, cluster: ClusterFigures): void {
  const { isOpen, contactAge, peers } = cluster;
  const ofStore = [
    ["curfew_cluster_store_up", "Whether the cluster's store can be reached.", isOpen && (() => Number(isOpen()))],
    [
      "curfew_cluster_store_contact_age_seconds",
      "How long ago the store was asked what it has answered since: what was revoked later is not known.",
      contactAge && (() => contactAge() / 1000),
    ],
  ] as const;
  const gauges = [
    ...ofStore.flatMap(([name, help, read]) => (read === undefined ? [] : [[name, help, read] as const])),
    [
      "curfew_cluster_store_loss_bound_seconds",
      "How long sessions go on without the store, or the gateway that issued their token; infinite where their deadlines alone end them.",
      () => cluster.endAfter / 1000,
    ],
    ["curfew_cluster_gateways", "Gateways that are known to run.", cluster.gateways],
    [
      "curfew_cluster_clock_difference_seconds",
      "The clock of this machine less that of the store, or of the peer that differs most.",
      () => cluster.clockDifference() / 1000,
    ],
  ] as const;
  if (peers !== undefined) addPeers(registry, peers);
  for (const [name, help, read] of gauges) {
    void new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
}

/** What concerns each of the gateways that this one works with without a store. */
function addPeers(registry: Registry, peers: () => readonly PeerFigures[]): void {
  const gauges = [
    [
      "curfew_cluster_peer_up",
      "Whether another gateway has answered when it was asked last.",
      ({ isOpen }: PeerFigures) => Number(isOpen),
    ],
    [
      "curfew_cluster_peer_contact_age_seconds",
      "How long ago it was asked what it has answered since: what was revoked there later may not be known.",
      ({ contactAge }: PeerFigures) => contactAge / 1000,
    ],
    [
      "curfew_cluster_peer_revocations_waiting",
      "Tokens that were revoked here, and that this peer has to revoke if it has issued them.",
      ({ revocationsWaiting }: PeerFigures) => revocationsWaiting,
    ],
  ] as const;
  for (const [name, help, read] of gauges) {
    void new Gauge({
      name,
      help,
      labelNames: ["peer"],
      registers: [registry],
      collect() {
        for (const figures of peers()) this.set({ peer: figures.peer }, read(figures));
      },
    });
  }
}

/** What concerns the gateway as a whole. */
export type AdminCounts = Pick<MetricsSource, "authenticationFailures" | "adminFailures" | "cluster">;

function addAdmin(registry: Registry, { authenticationFailures, adminFailures }: AdminCounts): void {
  void new Counter({
    name: "curfew_admin_authentication_failures_total",
    help: "Requests to the admin API without the right key.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(authenticationFailures());
    },
  });
  const name = "curfew_admin_failures_total";
  const help = "Requests to the admin API that failed although they were right, by HTTP status.";
  addLabelCounter(registry, { name, help, labelNames: ["status"] }, adminFailures);
}

function addFailures(registry: Registry, failures: LabelCounters): void {
  const name = "curfew_event_observer_failures_total";
  const help = "Errors thrown by an observer of the gateway's events, by observer.";
  addLabelCounter(registry, { name, help, labelNames: ["observer"] }, failures);
}

interface CounterDescription {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
}

function addCounter(registry: Registry, description: CounterDescription, read: (counter: Counter) => void): void {
  void new Counter({
    ...description,
    registers: [registry],
    collect() {
      this.reset();
      read(this);
    },
  });
}

function addLabelCounter(registry: Registry, description: CounterDescription, { counts }: LabelCounters): void {
  const [label = ""] = description.labelNames;
  addCounter(registry, description, (counter) => {
    for (const [value, count] of counts) counter.inc({ [label]: value }, count);
  });
}

/** Observations with the same labels. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly counters: DurationCounters;
}

/** A histogram whose observations were counted elsewhere. */
class CountedHistogram extends Histogram {
  readonly #name: string;
  readonly #series: readonly Series[];
  readonly #empty: Histogram;

  constructor(name: string, help: string, series: readonly Series[]) {
    const configuration = { name, help, registers: [] };
    super(configuration);
    this.#name = name;
    this.#series = series;
    this.#empty = new Histogram(configuration);
  }

  /** What the text format is made of. */
  async getForPromString(): ReturnType<Histogram["get"]> {
    return await this.get();
  }

  override async get(): ReturnType<Histogram["get"]> {
    return { ...(await this.#empty.get()), values: this.#series.flatMap((series) => this.#values(series)) };
  }

  #values({ labels, counters }: Series): Awaited<ReturnType<Histogram["get"]>>["values"] {
    const { bounds, counts, sum } = counters;
    let total = 0;
    const buckets = [...bounds, "+Inf"].map((le, index) => {
      total += counts[index] ?? 0;
      return { metricName: `${this.#name}_bucket`, labels: { ...labels, le }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels, value: sum },
      { metricName: `${this.#name}_count`, labels, value: total },
    ];
  }
}
