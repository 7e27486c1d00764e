import { GATEWAY } from "../measures/measure.ts";
import type { Samples } from "./samples.ts";
import { median } from "./statistics.ts";

/** Something that is said of the gateway, and that this benchmark proves or disproves. */
export interface Claim {
  /** What it is about: claims with the same one stand together. */
  readonly about: string;
  readonly text: string;
  /** The measure and its figure, as `MEASURE.FIGURE`. */
  readonly reads: `${string}.${string}`;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
  /** What the figure is compared with in the same round. @defaultValue nothing: it is taken as it is */
  readonly versus?: Versus;
}

/**
 * The figure as a multiple of that of another proxy, the other's as a multiple of it, what it is more than the
 * other's; or as a multiple of the smallest one of all others but `except`.
 */
export type Versus =
  | { readonly how: "ratio" | "inverse" | "difference"; readonly peer: string }
  | { readonly how: "cheapest"; readonly except: string };

/** What became of a claim. */
export interface Judgement {
  /** The median; NaN when there is none. */
  readonly value: number;
  readonly verdict: "met" | "not met" | "fails" | "not measured";
  /** In what the sample fell short of what was claimed. */
  readonly note?: string;
}

/** Holds a claim against what was measured. A gateway that did something wrong there fails, however fast it was. */
export function judge({ reads, versus, atMost = Infinity, atLeast = -Infinity }: Claim, samples: Samples): Judgement {
  const [measure, figure] = parseReads(reads);
  const own = samples.of(measure, GATEWAY);
  if (own.some(({ error }) => error !== undefined)) return { value: NaN, verdict: "fails" };
  const value = median(compared(measure, figure, versus, samples));
  if (Number.isNaN(value)) return { value, verdict: "not measured" };
  const note = own.find((outcome) => outcome.note !== undefined)?.note;
  const verdict = value <= atMost && value >= atLeast ? "met" : "not met";
  return { value, verdict, ...(note !== undefined && { note }) };
}

/** The ids of the measure and of the figure that a claim reads. */
export function parseReads(reads: Claim["reads"]): readonly [measure: string, figure: string] {
  const [measure = "", figure = ""] = reads.split(".");
  return [measure, figure];
}

function compared(measure: string, figure: string, versus: Versus | undefined, samples: Samples): number[] {
  if (versus === undefined) return samples.values(measure, GATEWAY, figure);
  const peer = versus.how === "cheapest" ? cheapest(measure, figure, versus.except, samples) : versus.peer;
  const pairs = samples.pairs(measure, GATEWAY, figure, peer);
  if (versus.how === "difference") return pairs.map(({ value, base }) => value - base);
  if (versus.how === "inverse") return pairs.map(({ value, base }) => base / value);
  return pairs.map(({ value, base }) => value / base);
}

function cheapest(measure: string, figure: string, except: string, samples: Samples): string {
  const ranked = samples
    .peers(measure)
    .filter((peer) => peer !== GATEWAY && peer !== except)
    .map((peer) => ({ peer, value: median(samples.values(measure, peer, figure)) }))
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => a.value - b.value);
  return ranked[0]?.peer ?? "";
}
