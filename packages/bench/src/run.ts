import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Target } from "./load/target.ts";
import type { Effort, Measure } from "./measures/measure.ts";
import type { Peer } from "./peers/peer.ts";
import type { Outcome } from "./report/result.ts";
import { shuffled } from "./report/statistics.ts";

/** More load by other programs than this, in cores, and a sample counts as disturbed. */
const DISTURBING_LOAD = 0.1;

/** How often a disturbed sample is taken again. */
const ATTEMPTS = 4;

/** What is measured, and how often. */
export interface Plan {
  readonly measures: readonly Measure[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly effort: Effort;
  /** Told of each outcome as it comes. */
  readonly say: (line: string) => void;
}

/** Runs all rounds. What a proxy does wrong is an outcome with an error; it ends nothing else. */
export async function runRounds({ measures, peers, rounds, effort, say }: Plan): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const measure of measures) {
      if (round > 1 && measure.once) continue;
      for (const peer of shuffled(peers.filter(({ name }) => measure.suits?.(name) ?? true))) {
        const taken = await takeUndisturbed(measure, peer, round, effort);
        for (const outcome of taken) say(describe(outcome, measure));
        outcomes.push(...taken);
      }
    }
  }
  return outcomes;
}

/** All attempts; only the last one can be undisturbed. */
async function takeUndisturbed(measure: Measure, peer: Peer, round: number, effort: Effort): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let attempt = 0; attempt < (effort.quick ? 1 : ATTEMPTS); attempt++) {
    const outcome = await take(measure, peer, round, effort);
    outcomes.push(outcome);
    if (!outcome.disturbed) break;
  }
  return outcomes;
}

async function take(measure: Measure, peer: Peer, round: number, effort: Effort): Promise<Outcome> {
  const what = { measure: measure.id, peer: peer.name, round };
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-"));
  const target = await Target.listen();
  try {
    const running = await peer.start(target.port, folder, measure.tls);
    try {
      const sample = await measure.run({ peer: running, target, effort, folder });
      return { ...what, ...sample, disturbed: (sample.otherLoad ?? 0) > DISTURBING_LOAD };
    } finally {
      await running.stop();
    }
  } catch (error) {
    return { ...what, values: {}, disturbed: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    await target.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function describe({ round, peer, values, disturbed, otherLoad, error, note }: Outcome, measure: Measure): string {
  const figures = measure.figures
    .filter(({ id }) => values[id] !== undefined)
    .map(({ id, title, digits }) => `${title} ${values[id]?.toFixed(digits)}`);
  const said = error === undefined ? figures.join(", ") : `FAILS: ${error}`;
  const load = disturbed ? ` (disturbed: ${otherLoad?.toFixed(2)} cores)` : "";
  return `${round} ${measure.id} ${peer}: ${said}${load}${note === undefined ? "" : ` (${note})`}`;
}
