import type { SessionRegistry } from "../sessions/registry.ts";
import { endSelected, type Selection } from "./selection.ts";
import { MetricsReader } from "../telemetry/metrics-reader.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type SessionView, sessionView } from "../control/session-view.ts";

/** What the admin API asks of the gateway, whether that is one process or several. */
export interface SessionControl {
  /** The sessions that run, oldest first. */
  list(): Promise<readonly SessionView[]>;
  /** The running session with this id. */
  get(id: string): Promise<SessionView | undefined>;
  /** Ends the selected sessions as `session_terminated`, and says how many. */
  end(selection: Selection, detail: string): Promise<number>;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  /** What `/readyz` says; only a gateway that is `ready` takes new sessions. */
  state(): "ready" | "starting" | "draining";
}

/** The operations on the sessions of this process. */
export function localControl(sessions: SessionRegistry, metrics: Metrics, draining: () => boolean): SessionControl {
  const reader = new MetricsReader(metrics);
  return {
    list: async () => sessions.list().map(sessionView),
    get: async (id) => {
      const session = sessions.get(id);
      return session && sessionView(session);
    },
    end: async (selection, detail) => endSelected(sessions, selection, "session_terminated", detail),
    metrics: () => reader.text(),
    state: () => (draining() ? "draining" : "ready"),
  };
}
