import { Stage, type Measurement, type Scale } from "./run-scenario.ts";
import { needsOwnGateway, type Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

/** What a soak has measured, one entry for each attack. */
export interface SoakEntry {
  readonly scenario: Scenario;
  readonly measured: Measurement;
}

/** What a soak has come to. */
export interface Soak {
  readonly entries: readonly SoakEntry[];
  /** Why attacks could not be measured. */
  readonly unmeasured: readonly string[];
}

/** How many attacks have to be measured for each one that could not be. */
const MEASURED_EACH = 20;

/** Growth of the memory between two quarters of the time that does not count, in bytes. */
const MAX_GROWTH_BYTES = 16 * 2 ** 20;

/** Descriptors that may come and go by themselves. */
const SPARE_DESCRIPTORS = 4;

const SOAKED = SCENARIOS.filter((scenario) => !needsOwnGateway(scenario));

/** Attacks one gateway with everything in turn, beside the same victims, for a time. */
export async function soak(
  seconds: number,
  clients: number,
  scale: Scale,
  onEntry: (entry: SoakEntry) => void,
): Promise<Soak> {
  await using stage = await Stage.start({}, scale);
  const entries: SoakEntry[] = [];
  const unmeasured: string[] = [];
  const end = performance.now() + seconds * 1000;
  for (let index = 0; performance.now() < end; index += 1) {
    const scenario = SOAKED[index % SOAKED.length];
    if (scenario === undefined) break;
    try {
      const entry = { scenario, measured: await stage.run(scenario, clients) };
      entries.push(entry);
      onEntry(entry);
      if (entry.measured.exit !== undefined) break;
    } catch (error) {
      // On a machine that does other things, too, the victims' tokens may expire before their sessions are open.
      unmeasured.push(`${scenario.name}: ${String(error)}`);
    }
  }
  return { entries, unmeasured };
}

/** The medians of memory and descriptors after the attacks of the second and of the last quarter, and what is not flat. */
export function summarizeSoak({ entries, unmeasured }: Soak): {
  readonly text: string;
  readonly violations: readonly string[];
} {
  const quarter = Math.max(1, Math.floor(entries.length / 4));
  const [early, late] = [entries.slice(quarter, 2 * quarter), entries.slice(-quarter)].map((part) => ({
    rss: median(part.map(({ measured }) => measured.usage.after.rss)),
    descriptors: median(part.map(({ measured }) => measured.usage.after.descriptors)),
  }));
  if (early === undefined || late === undefined) return { text: "nothing was measured", violations: ["no attack ran"] };
  const growth = `${mib(early.rss)} to ${mib(late.rss)} MiB, ${early.descriptors} to ${late.descriptors} descriptors`;
  const isFlat = late.rss - early.rss <= MAX_GROWTH_BYTES && late.descriptors - early.descriptors <= SPARE_DESCRIPTORS;
  const isMeasured = unmeasured.length * MEASURED_EACH <= entries.length;
  return {
    text: `${entries.length} attacks, ${unmeasured.length} more not measured; second to last quarter: ${growth}`,
    violations: [...(isFlat ? [] : [`not flat: ${growth}`]), ...(isMeasured ? [] : unmeasured)],
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
