import type { MemberAnswers } from "./session-control.ts";

/** Whether a gateway takes new sessions: only when `ready`. */
export type Readiness = "ready" | "starting" | "draining";

/** The metrics of all processes of a gateway. */
export interface MetricsText extends MemberAnswers {
  /** Prometheus' text format. */
  readonly text: string;
}

/** What a gateway says of itself, for `/readyz` and `/metrics`. */
export interface GatewayStatus {
  /** Loads what the other methods need. */
  load(): Promise<void>;
  readiness(): Readiness;
  metrics(): Promise<MetricsText>;
}
