/** What the dashboard's page and its back end say to each other. */

export type ConsoleType = "vnc" | "serial";

export interface MachineCard {
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** One line: what it is. */
  readonly about: string;
  /** How to log in; empty where nobody asks. */
  readonly login: string;
  readonly real: boolean;
  /** A real machine takes a while until it can be opened. */
  readonly state: "starting" | "ready" | "failed";
  /** Whether a second viewer may look on. A serial port takes one client at a time. */
  readonly preview: boolean;
  /** Given to the machine by previews, so that they show what is behind its password. */
  readonly password?: string;
}

/** A console in trouble that can be tried. */
export interface FaultCard {
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** One line: what the person will see. */
  readonly line: string;
}

/** What the page learns once. */
export interface Setup {
  readonly faults: readonly FaultCard[];
  /** Seconds. */
  readonly lifetimes: readonly number[];
}

/** What opens a console. */
export interface OpenedConsole {
  /** Where the SDK connects. */
  readonly url: string;
  readonly token: string;
  /** The console page's address, token included. */
  readonly pageUrl: string;
  /** What a fault wants of the page; nothing for machines. */
  readonly options: ConsoleOptions;
}

export interface ConsoleOptions {
  /** Whether the page tries again after a loss. @defaultValue true */
  readonly reconnect?: boolean;
  /** The password that the page gives instead of asking. */
  readonly password?: string;
}

export interface DashboardSession {
  readonly id: string;
  readonly gateway: string;
  readonly name: string;
  readonly client: string;
  readonly state: string;
  /** Milliseconds until the gateway ends it; null when it will not. A duration: the browser's clock may be another one. */
  readonly leftMs: number | null;
  /** Bytes that the console has sent. */
  readonly bytes: number;
}

/** A line of the gateway's audit trail. */
export interface AuditEvent {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: "opened" | "renewed" | "refused" | "ended";
  readonly name: string;
  readonly session: string;
  /** Of an end or a refusal. */
  readonly reason?: string;
  readonly detail?: string;
  /** Of an end: how long the session lasted. */
  readonly durationMs?: number;
  /** Of an end at its deadline: how late it came. */
  readonly lateMs?: number;
}

/** The gateways' metrics, in sum. */
export interface MetricsSample {
  readonly active: number;
  /** Ended sessions by end reason. */
  readonly ended: Readonly<Record<string, number>>;
  readonly bytesPerSecond: number;
  /** How late sessions were ended at their deadline, in the mean; null until one was. */
  readonly latenessMs: number | null;
  /** The event loop's longest delay of late. */
  readonly loopDelayMs: number;
}

/** The events of `GET /api/events`, by name. Each of the first three is complete and replaces the one before. */
export interface FeedEvents {
  readonly machines: readonly MachineCard[];
  readonly sessions: readonly DashboardSession[];
  readonly metrics: MetricsSample;
  /** The next lines of the audit trail; on connecting, the last ones. */
  readonly audit: readonly AuditEvent[];
  /** Whether the gateways answer. */
  readonly gateway: { readonly up: boolean };
}
