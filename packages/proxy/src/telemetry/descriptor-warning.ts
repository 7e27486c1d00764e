import { DESCRIPTOR_LIMIT, sessionCapacity } from "../net/descriptors.ts";
import type { Logger } from "./log.ts";

/** Warns when the system's limit does not allow as many sessions as the configuration does. */
export function warnOfDescriptors(log: Logger, max: number | null, processes: number): void {
  const capacity = sessionCapacity(processes);
  if (max === null || max <= capacity) return;
  const fields = { limit: DESCRIPTOR_LIMIT, sessions: capacity, max };
  log.warn(fields, "sessions.max needs more file descriptors than ulimit -n allows");
}
