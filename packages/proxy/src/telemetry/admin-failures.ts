import { BurstLog } from "./burst-log.ts";
import { LabelCounters } from "./counters.ts";
import type { Logger } from "./log.ts";

/** The statuses that are counted; 501 tells only how the gateway is configured. */
const STATUSES = ["500", "503"] as const;

/** A request that failed. */
export interface AdminFailure {
  readonly status: number;
  readonly method: string;
  readonly path: string;
  readonly client: string;
  /** What the caller was told. */
  readonly detail: string;
}

/** Counts requests to the admin API that failed although they were right, and logs them together. */
export class AdminFailures {
  /** By HTTP status. */
  readonly byStatus: LabelCounters = new LabelCounters(STATUSES);
  readonly #bursts: BurstLog;

  constructor(log: Logger) {
    this.#bursts = new BurstLog(log);
  }

  /** @param isLogged - whether the log has the request already. */
  add(failure: AdminFailure, isLogged: boolean): void {
    const kind = STATUSES.find((status) => status === String(failure.status));
    if (kind === undefined) return;
    this.byStatus.add(kind);
    if (!isLogged) this.#bursts.write({ ...failure }, "admin request failed", { kind });
  }
}
