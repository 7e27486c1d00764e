/** What the dashboard's page and its back end say to each other. */

export interface MachineCard {
  readonly id: string;
  readonly name: string;
  readonly type: "vnc" | "serial";
  readonly about: string;
  readonly real: boolean;
}

export interface MachineList {
  readonly machines: readonly MachineCard[];
  /** Seconds. */
  readonly lifetimes: readonly number[];
}

export interface OpenedConsole {
  /** The console page's address, token included. */
  readonly url: string;
}

export interface DashboardSession {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Milliseconds until the gateway ends it; null when it will not. */
  readonly leftMs: number | null;
  /** Bytes that the console has sent. */
  readonly bytes: number;
}
