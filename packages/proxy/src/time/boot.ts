import { readFileSync } from "node:fs";

/** Names the machine's start; undefined where the system does not tell. */
export const BOOT_ID: string | undefined = readBootId();

/**
 * Milliseconds of a clock that cannot be set. All processes of a machine read the same one, and it begins anew with each
 * {@link BOOT_ID} (`CLOCK_MONOTONIC` of Linux).
 */
export function sinceBoot(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

function readBootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
