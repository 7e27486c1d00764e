import type { Figure } from "../measures/measure.ts";
import type { BenchmarkResult, Outcome } from "./result.ts";
import { median } from "./statistics.ts";

type Measured = BenchmarkResult["measures"][number];

/** The report for readers. */
export function formatReport(result: BenchmarkResult): string {
  const parts = [
    "# Benchmark report",
    introduction(result),
    [
      "| proxy | what it is |",
      "|---|---|",
      ...result.peers.map((peer) => `| ${peer.name} | ${peer.description} |`),
    ].join("\n"),
    ...result.measures.map((measure) => section(measure, result)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function introduction({
  quick,
  rounds,
  windowMs,
  yardstick,
  machine,
  startedAt,
  minutes,
  outcomes,
}: BenchmarkResult): string {
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
      `Figures are medians over the rounds; “× ${yardstick}” is the median of the ratios to ${yardstick} in the same round.`,
    `Of ${watched} samples ${disturbed} were taken while other programs ran; ` +
      (quick
        ? "this is the quick form, which keeps them: its figures show only that everything works."
        : "they are left out."),
  ];
  return lines.join("\n\n");
}

function section(measure: Measured, result: BenchmarkResult): string {
  const outcomes = result.outcomes.filter((outcome) => outcome.measure === measure.id);
  const names = result.peers.map(({ name }) => name).filter((name) => outcomes.some(({ peer }) => peer === name));
  if (names.length === 0) return "";
  const heads = measure.figures.flatMap((figure) => columns(figure, result.yardstick));
  const notes = [...new Set(outcomes.flatMap(({ peer, note }) => (note === undefined ? [] : [`${peer}: ${note}.`])))];
  const rows = names.map((name) => `| ${name} | ${cells(name, measure, outcomes, result).join(" | ")} |`);
  return [
    `## ${measure.title}`,
    measure.method,
    [`| proxy | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---:|").join("")}`, ...rows].join("\n"),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ].join("\n\n");
}

function columns(figure: Figure, yardstick: string): string[] {
  return figure.relative ? [figure.title, `× ${yardstick}`] : [figure.title];
}

function cells(name: string, measure: Measured, outcomes: readonly Outcome[], result: BenchmarkResult): string[] {
  const counted = outcomes.filter((outcome) => result.quick || !outcome.disturbed);
  const own = counted.filter(({ peer }) => peer === name);
  const failed = own.find(({ error }) => error !== undefined);
  return measure.figures.flatMap((figure) => {
    const values = own.map(({ values }) => values[figure.id]).filter((value) => value !== undefined);
    const value = failed === undefined ? format(median(values), figure.digits) : "fails";
    if (!figure.relative) return [value];
    return [value, format(median(ratios(figure.id, own, counted, result.yardstick)), 2)];
  });
}

/** A figure as multiples of the yardstick's, for each round that has both. */
function ratios(figure: string, own: readonly Outcome[], all: readonly Outcome[], yardstick: string): number[] {
  return own.flatMap(({ round, values }) => {
    const base = all.find((outcome) => outcome.peer === yardstick && outcome.round === round)?.values[figure];
    const value = values[figure];
    return value === undefined || base === undefined || base === 0 ? [] : [value / base];
  });
}

function format(value: number, digits: number): string {
  if (!Number.isFinite(value)) return "—";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
