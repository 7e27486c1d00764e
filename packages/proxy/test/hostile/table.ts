import type { Measurement } from "./run-scenario.ts";

const COLUMNS = [
  "attack",
  "clients",
  "deadlines late, p50 / max",
  "keystroke p99, quiet / attacked",
  "memory above start",
  "recovered after",
];

/** The first lines of the table of `docs/performance.md`. */
export const TABLE_HEAD: string = `| ${COLUMNS.join(" | ")} |\n|${COLUMNS.map(() => "---").join("|")}|`;

/** The row of a run. */
export function tableRow(title: string, clients: number, measured: Measurement): string {
  const { quiet, attack, usage, recoveredMs } = measured;
  const cells = [
    title,
    String(clients),
    `${attack.lateness.p50.toFixed(1)} / ${attack.lateness.max.toFixed(1)} ms`,
    `${quiet.keystrokes.p99.toFixed(1)} / ${attack.keystrokes.p99.toFixed(1)} ms`,
    `${((usage.peak.rss - usage.before.rss) / 2 ** 20).toFixed(0)} MiB`,
    recoveredMs === undefined ? "never" : `${(recoveredMs / 1000).toFixed(1)} s`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What the table leaves out, for people who look into a run. */
export function describeRun(name: string, { attacker, usage, attack, unready }: Measurement): string {
  const { before, peak, after } = usage;
  return (
    `  ${name}: ${attacker.open} connections open, ${attacker.refused} refused; descriptors ${before.descriptors}, ` +
    `${peak.descriptors}, ${after.descriptors}; own delay ${attack.ownDelay.toFixed(1)} ms; ` +
    `${attack.lateness.count} deadlines, ${attack.keystrokes.count} keys; ${unready} times not ready`
  );
}
