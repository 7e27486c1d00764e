import type { SessionView } from "../admin/views.ts";
import type { Config } from "../config/config.ts";
import type { LimitName, Place } from "../sessions/limits.ts";
import type { Selection } from "../sessions/selection.ts";
import type { MetricsSnapshot } from "../telemetry/metrics-page.ts";
import type { Grant } from "../tokens/source.ts";

/** What the primary asks of a worker. */
export type WorkerRequest =
  | { readonly type: "list" }
  | { readonly type: "get"; readonly id: string }
  | {
      readonly type: "end";
      readonly selection: Selection;
      readonly reason: "session_terminated" | "session_replaced";
      readonly detail: string;
    }
  | { readonly type: "metrics" }
  /** Needs no answer: a worker that has drained ends. */
  | { readonly type: "drain"; readonly timeoutMs: number };

/** What a worker answers. */
export interface WorkerAnswers {
  readonly list: readonly SessionView[];
  readonly get: SessionView | null;
  /** How many sessions were ended. */
  readonly end: number;
  readonly metrics: MetricsSnapshot;
  readonly drain: null;
}

/** What a worker asks of the primary. */
export type PrimaryRequest =
  | { readonly type: "settings" }
  | { readonly type: "listening"; readonly url: string }
  /** It cannot listen or open the token store, and ends. */
  | { readonly type: "failed"; readonly message: string }
  /** For a token store in the primary's memory. */
  | { readonly type: "resolve"; readonly token: string }
  | { readonly type: "take"; readonly place: Place }
  | { readonly type: "give_back"; readonly session: string };

/** What the primary answers. */
export interface PrimaryAnswers {
  /** The configuration, less the operator's key. */
  readonly settings: Config;
  readonly listening: null;
  readonly failed: null;
  readonly resolve: Grant | null;
  /** The limit that refuses the session. */
  readonly take: LimitName | null;
  readonly give_back: null;
}
