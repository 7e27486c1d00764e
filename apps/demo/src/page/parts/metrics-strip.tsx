import type { MetricsSample } from "../../api-types.ts";
import { bytes, milliseconds } from "../state/words.ts";

/** The gateways' own numbers. It has its height before they are there. */
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
        note={ended.length === 0 ? "none yet" : ended.map(([reason, count]) => `${count} ${reason}`).join(", ")}
      />
      <Metric name="Throughput" value={metrics && `${bytes(metrics.bytesPerSecond)}/s`} note="both directions" />
      <Metric
        name="Expiry lateness"
        value={metrics && (lateness === null ? "–" : milliseconds(lateness))}
        note={lateness === null ? "no session expired yet" : "on average"}
      />
      <Metric
        name="Event-loop delay"
        value={metrics && milliseconds(metrics.loopDelayMs)}
        note="the gateways’ longest"
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
