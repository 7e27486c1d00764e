import { DESCRIPTOR_LIMIT, sessionCapacity } from "../net/descriptors.ts";
import type { Logger } from "../telemetry/log.ts";
import { type ComparedLimits, describeVoidLimits } from "./void-limits.ts";

/** Warns of limits that never apply, and of one that the system does not allow. */
export function warnOfLimits(config: ComparedLimits, log: Logger): void {
  const { workers, sessions } = config;
  const capacity = sessionCapacity(workers);
  if (sessions.max !== null && sessions.max > capacity) {
    const fields = { limit: DESCRIPTOR_LIMIT, sessions: capacity, max: sessions.max };
    log.warn(fields, "sessions.max needs more file descriptors than ulimit -n allows");
  }
  for (const line of describeVoidLimits(config, sessionCapacity(1))) log.warn(line);
}
