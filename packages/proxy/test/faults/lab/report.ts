import { percentile } from "./percentile.ts";

/** Prints what a scenario has measured, beside what it is held to. */
export function measured(what: string, value: string, bound?: string): void {
  process.stdout.write(`faults: ${what}: ${value}${bound === undefined ? "" : ` (bound: ${bound})`}\n`);
}

/** Milliseconds of many sessions in one line. */
export function spread(milliseconds: readonly number[]): string {
  if (milliseconds.length === 0) return "none";
  const [p50, p99, last] = [50, 99, 100].map((percent) => Math.round(percentile(milliseconds, percent)));
  return `p50 ${p50} ms, p99 ${p99} ms, last ${last} ms of ${milliseconds.length}`;
}
