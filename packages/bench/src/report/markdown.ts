import type { Figure } from "../measures/measure.ts";
import type { BenchmarkResult } from "./result.ts";
import { claims } from "./claims.ts";
import { type Claim, judge } from "./judgement.ts";
import { Samples } from "./samples.ts";
import { median } from "./statistics.ts";

type Measured = BenchmarkResult["measures"][number];

/** The report for readers. */
export function formatReport(result: BenchmarkResult): string {
  const samples = new Samples(result);
  const parts = [
    "# Benchmark report",
    introduction(result),
    [
      "| proxy | what it is |",
      "|---|---|",
      ...result.peers.map((peer) => `| ${peer.name} | ${peer.description} |`),
    ].join("\n"),
    claimsTable(samples, result.quick),
    ...result.measures.map((measure) => section(measure, result, samples)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function introduction({ quick, rounds, windowMs, machine, startedAt, minutes, outcomes }: BenchmarkResult): string {
  const disturbed = outcomes.filter((outcome) => outcome.disturbed).length;
  const watched = outcomes.filter((outcome) => outcome.otherLoad !== undefined).length;
  const lines = [
    `${startedAt}, ${minutes.toFixed(0)} minutes, ${rounds} ${rounds === 1 ? "round" : "rounds"}; ${machine.cpu}, ` +
      `${machine.cores} cores, ${machine.memoryGiB.toFixed(0)} GiB, Linux ${machine.kernel}, Node ${machine.node}, ` +
      `congestion control ${machine.congestionControl}, ` +
      `${machine.openFiles === null ? "any number of" : machine.openFiles.toLocaleString("en")} open files.`,
    "The load generator is both ends: clients, and the target that the proxy dials. It never sleeps during a sample, so " +
      "that no proxy pays for waking it. " +
      (machine.pinned
        ? "The proxy is pinned to one core, the generator to another. "
        : "Nothing is pinned: one core. ") +
      "CPU is user and system time of the proxy's whole process tree. In each round the proxies take turns in random " +
      `order, each started anew; samples last ${windowMs / 1000} s after a warm-up. ` +
      `Figures are medians over the rounds; “× NAME” is the median of the ratios to that proxy in the same round.`,
    `Of ${watched} samples ${disturbed} were taken while other programs ran; ` +
      (quick
        ? "this is the quick form, which keeps them: its figures show only that everything works."
        : "they are left out."),
  ];
  return lines.join("\n\n");
}

function claimsTable(samples: Samples, quick: boolean): string {
  const rows = claims.map((claim) => {
    const { value, verdict, note } = judge(claim, samples);
    const measured = Number.isNaN(value) ? "—" : `${significant(value)}${note === undefined ? "" : ` (${note})`}`;
    return `| ${claim.about} | ${claim.text} | ${bound(claim)} ${claim.unit} | ${measured} | ${verdict} |`;
  });
  const parts = [
    "## Claims",
    ...(quick ? ["The quick form measures too briefly to decide them."] : []),
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

function section(measure: Measured, result: BenchmarkResult, samples: Samples): string {
  const outcomes = result.outcomes.filter((outcome) => outcome.measure === measure.id);
  const names = result.peers.map(({ name }) => name).filter((name) => outcomes.some(({ peer }) => peer === name));
  if (names.length === 0) return "";
  const heads = measure.figures.flatMap(columns);
  const notes = [...new Set(outcomes.flatMap(({ peer, note }) => (note === undefined ? [] : [`${peer}: ${note}.`])))];
  const rows = names.map((name) => `| ${name} | ${cells(name, measure, samples).join(" | ")} |`);
  return [
    `## ${measure.title}`,
    measure.method,
    [`| proxy | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---:|").join("")}`, ...rows].join("\n"),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ].join("\n\n");
}

function columns({ title, relative }: Figure): string[] {
  return relative === undefined ? [title] : [title, `× ${relative}`];
}

function cells(name: string, measure: Measured, samples: Samples): string[] {
  const failed = samples.of(measure.id, name).some(({ error }) => error !== undefined);
  return measure.figures.flatMap(({ id, digits, relative }) => {
    const value = failed ? "fails" : format(median(samples.values(measure.id, name, id)), digits);
    if (relative === undefined) return [value];
    const ratios = samples.pairs(measure.id, name, id, relative).map(({ value, base }) => value / base);
    return [value, format(median(ratios), 2)];
  });
}

function format(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "—";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Claims have no digits of their own. */
function significant(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
