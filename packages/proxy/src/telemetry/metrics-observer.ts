import type { EventObserver } from "./events.ts";
import type { Metrics } from "./metrics.ts";

/** Counts events in the metrics. */
export function metricsObserver(metrics: Metrics): EventObserver {
  return {
    name: "metrics",
    notify(event) {
      if (event.type === "session_opened") metrics.opened(event.handshakeMs);
      else if (event.type === "session_renewed") metrics.renewed();
      else if (event.type === "renewal_refused") metrics.renewalsRefused += 1;
      else if (event.type === "renewals_limited") metrics.renewalsRefused += event.count;
      else if (event.type === "session_outlived") metrics.outlived += 1;
      else if (event.type === "revalidation_failed") metrics.revalidationFailures += 1;
      else if (event.type === "session_ended") {
        metrics.ended(event.end.reason, event.session.bytes, event.end.lateMs);
      } else if (event.type === "limit_reached") metrics.refused(event.limit);
      else if (event.type === "upgrade_refused") metrics.upgradeFaults.add(event.fault);
      else if (event.type === "connection_refused") metrics.connectionRefusals.add(event.reason);
    },
  };
}
