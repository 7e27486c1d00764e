import { parseArgs } from "node:util";
import { FULL_BOUNDS, findViolations } from "./bounds.ts";
import { type Measurement, runScenario, type Scale } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

/**
 * Runs the attacks at full scale and prints the table of `docs/performance.md`:
 * `node packages/proxy/test/hostile/cli.ts [--only NAME]… [--clients 1 --clients 60] [--seconds 5]`.
 * The exit code is 1 if the gateway did not hold.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    clients: { type: "string", multiple: true, default: ["1", "60"] },
    seconds: { type: "string", default: "5" },
  },
});

const FULL: Scale = {
  isFull: true,
  typists: 8,
  keyEveryMs: 33,
  expiring: 100,
  quietMs: 3000,
  attackMs: Number(values.seconds) * 1000,
  pin: { gateway: ["taskset", "-c", "0"], others: ["taskset", "-c", "1"] },
};

const COLUMNS = [
  "attack",
  "clients",
  "deadlines late, p50 / max",
  "keystroke p99, quiet / attacked",
  "memory above start",
  "recovered after",
];

function row(title: string, clients: number, { quiet, attack, usage, recoveredMs }: Measurement): string {
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

const chosen = SCENARIOS.filter(({ name }) => values.only?.includes(name) ?? true);
console.log(`| ${COLUMNS.join(" | ")} |`);
console.log(`|${COLUMNS.map(() => "---").join("|")}|`);
for (const scenario of chosen) {
  for (const clients of values.clients.map(Number)) {
    const measured = await runScenario(scenario, clients, FULL);
    console.log(row(scenario.title, clients, measured));
    const { open, refused } = measured.attacker;
    const { before, peak, after } = measured.usage;
    console.error(
      `  ${scenario.name}: ${open} connections open, ${refused} refused; descriptors ${before.descriptors}, ` +
        `${peak.descriptors}, ${after.descriptors}; own delay ${measured.attack.ownDelay.toFixed(1)} ms; ` +
        `${measured.attack.lateness.count} deadlines, ${measured.attack.keystrokes.count} keys`,
    );
    for (const sentence of findViolations(measured, FULL_BOUNDS)) {
      process.exitCode = 1;
      console.error(`  ${scenario.name}: ${sentence}`);
    }
  }
}
