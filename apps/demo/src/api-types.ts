/** The interface between the dashboard's page and its server. */

import type { ConsoleType as AnyConsoleType } from "@curfew/client";

/** The types of the demo's consoles. */
export type ConsoleType = Exclude<AnyConsoleType, "spice">;

export interface MachineCard {
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** A one-line description. */
  readonly about: string;
  /** How to log in; empty if no login is required. */
  readonly login: string;
  readonly real: boolean;
  /** Real machines take a while to start. */
  readonly state: "starting" | "ready" | "failed";
  /** Whether its console allows a second viewer; a serial port allows one client at a time. */
  readonly preview: boolean;
  /** The console password, for previews. */
  readonly password?: string;
}

/** A console with a scripted fault. */
export interface FaultCard {
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** A one-line description of what users see. */
  readonly about: string;
}

/** Settings that the page loads once. */
export interface Setup {
  readonly faults: readonly FaultCard[];
  /** Seconds. */
  readonly lifetimes: readonly number[];
}

/** What the page needs to open a console. */
export interface ConsoleAccess {
  /** Where the SDK connects. */
  readonly url: string;
  readonly token: string;
  /** URL of the console page, including the token. */
  readonly pageUrl: string;
  /** What a fault requires of the page; empty for machines. */
  readonly options: ConsoleOptions;
}

export interface ConsoleOptions {
  /** Whether the page reconnects after a lost connection. @defaultValue true */
  readonly reconnect?: boolean;
  /** The password that the page enters instead of prompting. */
  readonly password?: string;
}

export interface DashboardSession {
  readonly id: string;
  /** The gateway, or the cluster, whose admin API ends it. */
  readonly gateway: string;
  /** The gateway that runs it. */
  readonly runsAt: string;
  readonly name: string;
  readonly client: string;
  readonly state: string;
  /** Milliseconds until the gateway ends it, or null without a limit. A duration, because the browser's clock may differ. */
  readonly leftMs: number | null;
  /** Bytes sent by the console. */
  readonly bytes: number;
}

/** An event of the audit trail. */
export interface AuditEvent {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: "opened" | "renewed" | "refused" | "ended";
  readonly name: string;
  readonly session: string;
  /** For `ended` and `refused`. */
  readonly reason?: string;
  readonly detail?: string;
  /** For `ended`: how long the session lasted. */
  readonly durationMs?: number;
  /** For `ended` at the deadline: how late the end was. */
  readonly lateMs?: number;
}

/** The metrics of all gateways, aggregated. */
export interface MetricsSample {
  readonly active: number;
  /** Ended sessions by end reason. */
  readonly ended: Readonly<Record<string, number>>;
  readonly bytesPerSecond: number;
  /** Mean lateness of ends at the deadline; null before the first. */
  readonly latenessMs: number | null;
  /** The longest recent event-loop delay. */
  readonly loopDelayMs: number;
}

/** A gateway of the cluster. */
export interface ClusterMember {
  readonly name: string;
  readonly state: "starting" | "up" | "draining" | "away";
}

/** The parts of the cluster, which the page can stop. */
export interface ClusterView {
  readonly gateways: readonly ClusterMember[];
  readonly store: { readonly state: "up" | "frozen" };
}

/** What can be done to a gateway of the cluster: SIGKILL, SIGTERM, start again; and to its store: SIGSTOP, SIGCONT. */
export type ClusterAction = "kill" | "drain" | "start" | "freeze" | "thaw";

/** The events of `GET /api/events`, by name. `machines`, `sessions`, `metrics` and `cluster` replace the previous value. */
export interface FeedEvents {
  readonly machines: readonly MachineCard[];
  readonly sessions: readonly DashboardSession[];
  readonly metrics: MetricsSample;
  /** New audit events, oldest first; the first one of a connection has the most recent events. */
  readonly audit: readonly AuditEvent[];
  /** Whether the gateways respond. */
  readonly gateway: { readonly up: boolean };
  /** Only where there is one. */
  readonly cluster: ClusterView;
}
