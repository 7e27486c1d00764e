import type { MetricsSample } from "../../api-types.ts";
import { closeReasonTitle } from "../util/close-reason.ts";
import { formatBytes, formatMilliseconds } from "../util/format.ts";

/** The gateways' metrics. Its height does not change when they arrive. */
export function MetricsStrip({ metrics }: { readonly metrics: MetricsSample | undefined }) {
  const ended = Object.entries(metrics?.ended ?? {}).toSorted(([, one], [, other]) => other - one);
  const total = ended.reduce((sum, [, count]) => sum + count, 0);
  const lateness = metrics?.latenessMs ?? null;
  return (
    <dl className="metrics" aria-label="Metrics">
      <Metric name="Active sessions" value={metrics && String(metrics.active)} note="right now" />
      <Metric
        name="Ended sessions"
        value={metrics && String(total)}
        note={
          ended.length === 0
            ? "none yet"
            : ended.map(([reason, count]) => `${closeReasonTitle(reason)}: ${count}`).join(", ")
        }
      />
      <Metric name="Throughput" value={metrics && `${formatBytes(metrics.bytesPerSecond)}/s`} note="both directions" />
      <Metric
        name="Expiry lateness"
        value={metrics && (lateness === null ? "–" : formatMilliseconds(lateness))}
        note={lateness === null ? "no session expired yet" : "on average"}
      />
      <Metric
        name="Event-loop delay"
        value={metrics && formatMilliseconds(metrics.loopDelayMs)}
        note="longest recent delay"
      />
    </dl>
  );
}

function Metric({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly note: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="value">{value ?? "…"}</dd>
      <dd className="note" title={note}>
        {note}
      </dd>
    </div>
  );
}
