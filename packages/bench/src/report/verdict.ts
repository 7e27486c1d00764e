import { median } from "../statistics/index.ts";
import { GATEWAY } from "../subjects/subject.ts";
import type { Samples } from "./samples.ts";

/** A performance claim about the gateway, which the benchmark checks. */
export interface Claim {
  /** The heading that claims are grouped under. */
  readonly about: string;
  readonly text: string;
  /** The scenario and its figure, as `SCENARIO.FIGURE`. */
  readonly reads: `${string}.${string}`;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
  /** What the figure is compared with in the same round. @defaultValue nothing: the claim is about the figure itself */
  readonly versus?: Versus;
}

/**
 * How the figure is compared with that of another subject: `ratio` divides it by the other's, `inverse` the other's by it,
 * `difference` subtracts the other's, and `cheapest` divides it by the smallest of all others but `except`.
 */
export type Versus =
  | { readonly how: "ratio" | "inverse" | "difference"; readonly subject: string }
  | { readonly how: "cheapest"; readonly except: string };

/** Whether a claim is met. */
export interface Verdict {
  /** The median; NaN without samples. */
  readonly value: number;
  readonly status: "met" | "not met" | "fails" | "not measured";
  /** How the sample differs from what was claimed. */
  readonly note?: string;
}

/** Checks a claim against the samples. It fails if the gateway misbehaved in any of them. */
export function decide({ reads, versus, atMost = Infinity, atLeast = -Infinity }: Claim, samples: Samples): Verdict {
  const [scenario, figure] = parseReads(reads);
  const own = samples.of(scenario, GATEWAY);
  if (own.some(({ error }) => error !== undefined)) return { value: NaN, status: "fails" };
  const value = median(compared(scenario, figure, versus, samples));
  if (Number.isNaN(value)) return { value, status: "not measured" };
  const note = own.find((outcome) => outcome.note !== undefined)?.note;
  const status = value <= atMost && value >= atLeast ? "met" : "not met";
  return { value, status, ...(note !== undefined && { note }) };
}

/** The ids of the scenario and of the figure that a claim reads. */
export function parseReads(reads: Claim["reads"]): readonly [scenario: string, figure: string] {
  const [scenario = "", figure = ""] = reads.split(".");
  return [scenario, figure];
}

function compared(scenario: string, figure: string, versus: Versus | undefined, samples: Samples): number[] {
  if (versus === undefined) return samples.values(scenario, GATEWAY, figure);
  const other = versus.how === "cheapest" ? cheapest(scenario, figure, versus.except, samples) : versus.subject;
  const pairs = samples.pairs(scenario, GATEWAY, figure, other);
  if (versus.how === "difference") return pairs.map(({ value, base }) => value - base);
  if (versus.how === "inverse") return pairs.map(({ value, base }) => base / value);
  return pairs.map(({ value, base }) => value / base);
}

function cheapest(scenario: string, figure: string, except: string, samples: Samples): string {
  const ranked = samples
    .subjects(scenario)
    .filter((subject) => subject !== GATEWAY && subject !== except)
    .map((subject) => ({ subject, value: median(samples.values(scenario, subject, figure)) }))
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => a.value - b.value);
  return ranked[0]?.subject ?? "";
}
