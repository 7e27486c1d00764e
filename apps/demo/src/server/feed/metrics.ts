import type { MetricsSample } from "../../api-types.ts";

/** A sample in the Prometheus text format: `name{label="value"} 1`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Aggregates the gateways' `/metrics` into the dashboard's figures. */
export class MetricsReader {
  #bytes: number | undefined;
  #atMs = 0;

  /**
   * @param texts - the metrics of each gateway
   * @param nowMs - when they were read; the rate is that since the previous call
   */
  read(texts: readonly string[], nowMs: number): MetricsSample {
    const samples = texts.flatMap(parse);
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

  /** Never negative, although a restarted gateway counts from 0. */
  #rate(bytes: number, nowMs: number): number {
    const rate = this.#bytes === undefined ? 0 : ((bytes - this.#bytes) / (nowMs - this.#atMs)) * 1000;
    this.#bytes = bytes;
    this.#atMs = nowMs;
    return Math.max(0, rate);
  }
}

function parse(text: string): readonly Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", content = ""]) => [label, content]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}
