/** Whether the suite runs at full scale (`npx pnpm@12 test faults`), or shortly, within the whole test. */
export const IS_FULL = process.env["CURFEW_FAULTS"] === "full";

/** What a scenario uses at full scale, and in its short form. */
export function scaled<T>(full: T, short: T): T {
  return IS_FULL ? full : short;
}

/** How long a scenario may take, in milliseconds, before it counts as hanging. */
export const SCENARIO_MS = scaled(300_000, 180_000);
