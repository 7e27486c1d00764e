import type { Figure } from "../scenarios/scenario.ts";
import { median } from "../statistics/index.ts";
import { CLAIMS } from "./claims.ts";
import type { BenchmarkResult } from "./result.ts";
import { Samples } from "./samples.ts";
import { type Claim, decide } from "./verdict.ts";

type ReportedScenario = BenchmarkResult["scenarios"][number];

/** Formats the report as Markdown. */
export function formatReport(result: BenchmarkResult): string {
  const samples = new Samples(result);
  const parts = [
    "# Benchmark report",
    introduction(result),
    [
      "| proxy | what it is |",
      "|---|---|",
      ...result.subjects.map((subject) => `| ${subject.name} | ${subject.description} |`),
    ].join("\n"),
    claimsTable(samples, result.quick),
    ...result.scenarios.map((scenario) => section(scenario, result, samples)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function introduction({ quick, rounds, windowMs, machine, startedAt, minutes, outcomes }: BenchmarkResult): string {
  const disturbed = outcomes.filter((outcome) => outcome.disturbed).length;
  const observed = outcomes.filter((outcome) => outcome.otherLoad !== undefined).length;
  const lines = [
    `${startedAt}, ${minutes.toFixed(0)} minutes, ${rounds} ${rounds === 1 ? "round" : "rounds"}; ${machine.cpu}, ` +
      `${machine.cores} cores, ${machine.memoryGiB.toFixed(0)} GiB, Linux ${machine.kernel}, Node ${machine.node}, ` +
      `congestion control ${machine.congestionControl}, ` +
      `${machine.openFiles === null ? "any number of" : machine.openFiles.toLocaleString("en")} open files.`,
    "The load generator is both ends: clients, and the target that the proxy dials. It never sleeps during a sample, so " +
      "that no proxy is charged for waking it. " +
      (machine.pinned
        ? "The proxy is pinned to one core, the generator to another. "
        : "Nothing is pinned: the machine has one core. ") +
      "CPU is user and system time of the proxy's process tree. In each round the proxies take turns in random order, " +
      `each newly started; samples last ${windowMs / 1000} s after a warm-up. ` +
      `Figures are medians over the rounds; “× NAME” is the median of the ratios to that proxy in the same round.`,
    `Of ${observed} samples ${disturbed} were taken while other programs ran; ` +
      (quick ? "the quick form keeps them; its figures only show that everything works." : "they are left out."),
  ];
  return lines.join("\n\n");
}

function claimsTable(samples: Samples, quick: boolean): string {
  const rows = CLAIMS.map((claim) => {
    const { value, status, note } = decide(claim, samples);
    const measured = Number.isNaN(value) ? "—" : `${significant(value)}${note === undefined ? "" : ` (${note})`}`;
    return `| ${claim.about} | ${claim.text} | ${bound(claim)} ${claim.unit} | ${measured} | ${status} |`;
  });
  const parts = [
    "## Claims",
    ...(quick ? ["The quick form is too short to check them."] : []),
    ["| about | what | claimed | measured | |", "|---|---|---|---|---|", ...rows].join("\n"),
  ];
  return parts.join("\n\n");
}

function bound({ atMost, atLeast }: Claim): string {
  const bounds = [
    ...(atMost === undefined ? [] : [`≤ ${atMost.toLocaleString("en")}`]),
    ...(atLeast === undefined ? [] : [`≥ ${atLeast.toLocaleString("en")}`]),
  ];
  return bounds.join(", ");
}

function section(scenario: ReportedScenario, result: BenchmarkResult, samples: Samples): string {
  const outcomes = result.outcomes.filter((outcome) => outcome.scenario === scenario.id);
  const names = result.subjects
    .map(({ name }) => name)
    .filter((name) => outcomes.some(({ subject }) => subject === name));
  if (names.length === 0) return "";
  const heads = scenario.figures.flatMap(columns);
  const notes = [
    ...new Set(outcomes.flatMap(({ subject, note }) => (note === undefined ? [] : [`${subject}: ${note}.`]))),
  ];
  const rows = names.map((name) => `| ${name} | ${cells(name, scenario, samples).join(" | ")} |`);
  return [
    `## ${scenario.title}`,
    scenario.method,
    [`| proxy | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---:|").join("")}`, ...rows].join("\n"),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ].join("\n\n");
}

function columns({ title, relative }: Figure): string[] {
  return relative === undefined ? [title] : [title, `× ${relative}`];
}

function cells(name: string, scenario: ReportedScenario, samples: Samples): string[] {
  const failed = samples.of(scenario.id, name).some(({ error }) => error !== undefined);
  return scenario.figures.flatMap(({ id, digits, relative }) => {
    const value = failed ? "fails" : format(median(samples.values(scenario.id, name, id)), digits);
    if (relative === undefined) return [value];
    const ratios = samples.pairs(scenario.id, name, id, relative).map(({ value, base }) => value / base);
    return [value, format(median(ratios), 2)];
  });
}

function format(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "—";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Claims do not state a number of digits. */
function significant(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
