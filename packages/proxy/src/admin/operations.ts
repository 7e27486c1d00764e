import type { SessionRegistry } from "../sessions/registry.ts";
import { endSelected, type Selection } from "../sessions/selection.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type SessionView, sessionView } from "./views.ts";

/** What the operator's API asks of the gateway, whether that is one process or several. */
export interface Operations {
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
export function localOperations(sessions: SessionRegistry, metrics: Metrics, draining: () => boolean): Operations {
  return {
    list: async () => sessions.list().map(sessionView),
    get: async (id) => {
      const session = sessions.get(id);
      return session && sessionView(session);
    },
    end: async (selection, detail) => endSelected(sessions, selection, "session_terminated", detail),
    metrics: () => metrics.text(),
    state: () => (draining() ? "draining" : "ready"),
  };
}
