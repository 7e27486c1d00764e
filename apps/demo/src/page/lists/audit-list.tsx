import type { AuditEvent } from "../../api-types.ts";
import { closeReasonTitle } from "../util/close-reason.ts";
import { formatMilliseconds, formatTimeOfDay } from "../util/format.ts";

const LABELS = { opened: "opened", renewed: "renewed", refused: "not renewed", ended: "ended" } as const;

/** The gateways' audit trail, newest first. */
export function AuditList({ events }: { readonly events: readonly AuditEvent[] }) {
  return (
    <section id="events" aria-labelledby="events-heading">
      <div className="heading">
        <h2 id="events-heading">Audit events</h2>
      </div>
      <div className="list" role="group" aria-labelledby="events-heading" tabIndex={0}>
        {events.length === 0 ? (
          <p className="empty">No events yet. Sessions appear here when they start, are renewed and end.</p>
        ) : (
          <ol className="events">
            {events.map((event) => (
              <li key={event.id}>
                <time dateTime={event.at}>{formatTimeOfDay(event.at)}</time>
                <span className={`event ${event.kind}`}>{LABELS[event.kind]}</span>
                <span className="what">
                  {event.name}{" "}
                  {event.reason !== undefined && <span title={event.reason}>{closeReasonTitle(event.reason)}</span>}{" "}
                  {facts(event)}
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  );
}

function facts({ durationMs, lateMs }: AuditEvent): string {
  const lasted = durationMs === undefined ? [] : [`after ${(durationMs / 1000).toFixed(1)} s`];
  const late = lateMs === undefined ? [] : [`${formatMilliseconds(lateMs)} late`];
  return [...lasted, ...late].join(", ");
}
