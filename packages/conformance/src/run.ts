import { type Check, type ObservableCheck } from "./check.ts";
import { Lab, type LabOptions } from "./lab/lab.ts";
import { NEEDS, type Subject } from "./subject.ts";

/** How many checks run at a time if not said otherwise. */
export const PARALLEL = 12;

/** What became of a check. */
export interface CheckResult {
  readonly check: Check;
  readonly outcome: "pass" | "fail" | "skipped";
  /** Why it failed or was skipped. */
  readonly reason: string | undefined;
  readonly ms: number;
}

/** Why a check cannot be run against a proxy; undefined where it can. */
export function whySkipped(check: Check, subject: Subject): string | undefined {
  if ("unobservable" in check) return check.unobservable;
  if (!check.services.includes(subject.service)) return `not for nova-${subject.service}proxy`;
  const missing = check.needs?.find((need) => !NEEDS[need].has(subject));
  return missing === undefined ? undefined : NEEDS[missing].missing;
}

/** Runs one check. Never rejects. */
export async function runCheck(check: Check, options: LabOptions): Promise<CheckResult> {
  const skipped = whySkipped(check, options.subject);
  if (skipped !== undefined || "unobservable" in check) return { check, outcome: "skipped", reason: skipped, ms: 0 };
  const start = performance.now();
  const reason = await failure(check, options);
  const ms = performance.now() - start;
  return { check, outcome: reason === undefined ? "pass" : "fail", reason, ms };
}

/**
 * Runs checks; the results are in the order of the checks.
 *
 * @param parallel - how many run at a time.
 */
export async function runChecks(
  checks: readonly Check[],
  options: LabOptions,
  parallel: number = PARALLEL,
): Promise<readonly CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  const left = checks.values();
  const work = async (): Promise<void> => {
    for (const check of left) {
      results.set(check, await runCheck(check, options));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return checks.flatMap((check) => results.get(check) ?? []);
}

/** Why a check fails; undefined if it passes. */
async function failure(check: ObservableCheck, options: LabOptions): Promise<string | undefined> {
  const lab = new Lab(options);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const { checkMs } = options;
  const timer = setTimeout(() => reject(new Error(`there was no end within ${checkMs / 1000} s`)), checkMs);
  const run = check.run(lab);
  try {
    await Promise.race([run, late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    lab.close();
    // After the time limit, closing makes what the check waits for fail.
    run.catch(() => {});
  }
}
