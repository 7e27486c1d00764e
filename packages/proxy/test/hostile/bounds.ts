import { MAX_GROWTH_BYTES, type Measurement } from "./run-scenario.ts";

/** What an attack may cost the victims and the gateway. Times in milliseconds. */
export interface Bounds {
  /** Of a session's end after its deadline, at the given percentile. */
  readonly lateness: { readonly of: "p50" | "max"; readonly ms: number };
  /** Of a keystroke's round trip above that of the quiet phase, at the given percentile. */
  readonly keystroke: { readonly of: "p50" | "p99"; readonly ms: number };
  /** Of the gateway's resident memory above that before the attack, in bytes. */
  readonly growth: number;
  readonly recoveryMs: number;
  /** Whether others use the processors, too: times may then be longer by as much as the gateway had to wait for one. */
  readonly isShared: boolean;
}

/** What has to hold at full scale, on a machine that does nothing else. */
export const FULL_BOUNDS: Bounds = {
  lateness: { of: "max", ms: 50 },
  keystroke: { of: "p99", ms: 20 },
  growth: MAX_GROWTH_BYTES,
  recoveryMs: 10_000,
  isShared: false,
};

/** What holds in the unit tests, too, where other tests use the same processors: a gateway that does not hold is far above. */
export const SHORT_BOUNDS: Bounds = {
  lateness: { of: "p50", ms: 200 },
  keystroke: { of: "p50", ms: 200 },
  growth: 1.5 * MAX_GROWTH_BYTES,
  recoveryMs: 15_000,
  isShared: true,
};

/** A gateway that had the processors for less than this part of the time need not always answer within 2 s. */
const LEAST_SHARE = 0.25;

/** Clocks are compared across processes: this much earlier is not early, in milliseconds. */
const CLOCK_ERROR_MS = 1;

/** What was broken, a sentence each; empty if everything held. */
export function findViolations(measured: Measurement, bounds: Bounds): readonly string[] {
  const { quiet, attack, usage, unready, recoveredMs, exit } = measured;
  const late = attack.lateness[bounds.lateness.of];
  const quietLate = quiet.lateness[bounds.lateness.of];
  const keystroke = attack.keystrokes[bounds.keystroke.of] - quiet.keystrokes[bounds.keystroke.of];
  const growth = usage.peak.rss - usage.before.rss;
  const slowdown = bounds.isShared ? measured.slowdown : 1;
  const lateMs = bounds.lateness.ms * slowdown;
  const checks: readonly (readonly [isBroken: boolean, sentence: string])[] = [
    [exit !== undefined, `the gateway ended with ${exit}`],
    [attack.lateness.count === 0, "no victim's deadline came during the attack"],
    [attack.lateness.earliest < -CLOCK_ERROR_MS, `a session ended ${ms(-attack.lateness.earliest)} early`],
    [late > quietLate + lateMs, `deadlines were ${ms(late)} late (${bounds.lateness.of})`],
    [
      attack.lastByteLate > quiet.lastByteLate + quietLate + lateMs,
      `a typed byte reached its target ${ms(attack.lastByteLate)} after the token had expired`,
    ],
    [keystroke > bounds.keystroke.ms * slowdown, `keystrokes took ${ms(keystroke)} longer (${bounds.keystroke.of})`],
    [attack.lost > 0, `${attack.lost} victims lost their sessions`],
    [
      unready > 0 && 1 / slowdown > LEAST_SHARE,
      `the admin API did not answer, or said that the gateway is not ready, ${unready} times`,
    ],
    [growth > bounds.growth, `memory grew by ${mib(growth)}`],
    [
      recoveredMs === undefined || recoveredMs > bounds.recoveryMs,
      `it took ${recoveredMs === undefined ? "too long" : ms(recoveredMs)} to recover`,
    ],
  ];
  return checks.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence);
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
