import { parseArgs } from "node:util";
import { expectKnown, positive, readArguments } from "../support/read-arguments.ts";
import { FULL_BOUNDS, findViolations } from "./bounds.ts";
import { runScenario, type Scale } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { soak, summarizeSoak } from "./soak.ts";
import { describeRun, TABLE_HEAD, tableRow } from "./table.ts";

/**
 * Runs the attacks at full scale and prints the table of `docs/performance.md`; or, with `--soak`, attacks one gateway with
 * everything in turn for `--seconds`. The exit code is 1 if the gateway did not hold.
 */
const USAGE = `usage: npx pnpm@12 bench:hostile [--only NAME]... [--clients N]... [--seconds N] [--soak]
names: ${SCENARIOS.map(({ name }) => name).join(", ")}`;

const values = readArguments(USAGE, () => {
  const { values: given } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      clients: { type: "string", multiple: true },
      seconds: { type: "string" },
      soak: { type: "boolean", default: false },
    },
  });
  expectKnown(
    "--only",
    given.only,
    SCENARIOS.map(({ name }) => name),
  );
  for (const number of given.clients ?? []) positive("--clients", number);
  if (given.seconds !== undefined) positive("--seconds", given.seconds);
  return given;
});

/** The gateway has a core of its own, and what measures and attacks it shares another. */
const PIN = { gateway: ["taskset", "-c", "0"], others: ["taskset", "-c", "1"] };

async function attackWithEach(): Promise<void> {
  const attackMs = Number(values.seconds ?? 5) * 1000;
  const scale: Scale = {
    isFull: true,
    typists: 8,
    keyEveryMs: 33,
    expiring: 100,
    quietMs: Math.min(attackMs, 3000),
    attackMs,
    pin: PIN,
  };
  console.log(TABLE_HEAD);
  for (const scenario of SCENARIOS.filter(({ name }) => values.only?.includes(name) ?? true)) {
    for (const clients of (values.clients ?? ["1", "60"]).map(Number)) {
      const measured = await runScenario(scenario, clients, scale);
      console.log(tableRow(scenario.title, clients, measured));
      console.error(describeRun(scenario.name, measured));
      report(scenario.name, findViolations(measured, FULL_BOUNDS));
    }
  }
}

async function attackInTurn(): Promise<void> {
  const clients = Number(values.clients?.[0] ?? 10);
  const scale: Scale = {
    isFull: true,
    typists: 8,
    keyEveryMs: 33,
    expiring: 20,
    quietMs: 1000,
    attackMs: 3000,
    pin: PIN,
  };
  const result = await soak(Number(values.seconds ?? 3600), clients, scale, ({ scenario, measured }) => {
    console.log(tableRow(scenario.name, clients, measured));
    report(scenario.name, findViolations(measured, FULL_BOUNDS));
  });
  const { text, violations } = summarizeSoak(result);
  console.log(text);
  report("soak", violations);
}

function report(name: string, violations: readonly string[]): void {
  for (const sentence of violations) {
    process.exitCode = 1;
    console.error(`  ${name}: ${sentence}`);
  }
}

await (values.soak ? attackInTurn() : attackWithEach());
