import type { MetricsSample } from "../api-types.ts";

/** A sample of Prometheus' text format: `name{label="value"} 1`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Makes the dashboard's numbers of what the gateways' `/metrics` say. */
export class MetricsReader {
  #bytes: number | undefined;
  #atMs = 0;

  /**
   * @param pages - the metrics of each gateway.
   * @param nowMs - when they were read, for the rate since the last time.
   */
  read(pages: readonly string[], nowMs: number): MetricsSample {
    const samples = pages.flatMap(parse);
    const all = (name: string): readonly number[] => samples.flatMap((one) => (one.name === name ? [one.value] : []));
    const sum = (name: string): number => all(name).reduce((total, value) => total + value, 0);
    const lateness = "curfew_session_expiry_lateness_seconds";
    const late = sum(`${lateness}_count`);
    const ended: Record<string, number> = {};
    for (const { name, labels, value } of samples) {
      const reason = labels["reason"];
      if (name === "curfew_sessions_ended_total" && reason !== undefined && value > 0)
        ended[reason] = (ended[reason] ?? 0) + value;
    }
    return {
      active: sum("curfew_sessions_active"),
      ended,
      bytesPerSecond: this.#rate(sum("curfew_relayed_bytes_total"), nowMs),
      latenessMs: late === 0 ? null : (sum(`${lateness}_sum`) / late) * 1000,
      loopDelayMs: Math.max(0, ...all("curfew_event_loop_delay_max_seconds")) * 1000,
    };
  }

  /** A gateway that was restarted counts from 0 again, which is no negative rate. */
  #rate(bytes: number, nowMs: number): number {
    const rate = this.#bytes === undefined ? 0 : ((bytes - this.#bytes) / (nowMs - this.#atMs)) * 1000;
    this.#bytes = bytes;
    this.#atMs = nowMs;
    return Math.max(0, rate);
  }
}

function parse(page: string): readonly Sample[] {
  return page.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", text = ""]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}
