import type { ConnectionLimitOptions } from "./connection-slots.ts";

/** The least number of connections that a process accepts, however few descriptors it may have. */
const LEAST = 16;

/** More than clients need that connect at the same moment, and few enough to cost little. */
const UNAUTHENTICATED = 1024;

/** The limits as configured under `connections`; null for what the others say. */
export type ConfiguredConnectionLimits = {
  readonly [Name in keyof ConnectionLimitOptions]: ConnectionLimitOptions[Name] | null;
} & Pick<ConnectionLimitOptions, "unauthenticated_timeout">;

/**
 * Fills in the limits that are not configured.
 *
 * @param capacity - for how many sessions this process has descriptors.
 */
export function connectionLimits(configured: ConfiguredConnectionLimits, capacity: number): ConnectionLimitOptions {
  const max = configured.max ?? Math.max(LEAST, capacity);
  const half = Math.max(1, Math.floor(max / 2));
  const unauthenticated = configured.max_unauthenticated ?? Math.min(UNAUTHENTICATED, half);
  return {
    max,
    max_per_client: configured.max_per_client ?? half,
    max_unauthenticated: unauthenticated,
    max_unauthenticated_per_client:
      configured.max_unauthenticated_per_client ?? Math.max(1, Math.floor(unauthenticated / 4)),
    unauthenticated_timeout: configured.unauthenticated_timeout,
  };
}
