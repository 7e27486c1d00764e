import { closeSync, openSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { devNull } from "node:os";

/** What a connection is for. */
export type ConnectionUse = "client" | "target" | "admin";

/** How many file descriptors this process may have open (`RLIMIT_NOFILE`); Infinity where that is not known. */
export const DESCRIPTOR_LIMIT: number = readLimit();

/** Descriptors for files and databases, which no connection takes. */
const SPARE = 8;

/** Descriptors that each use leaves to the next one: fewer where there are few. */
const RESERVE = Math.min(32, Math.floor(DESCRIPTOR_LIMIT / 8));

/** How many connections each listener of the admin API has at most, so that they leave descriptors to the consoles. */
export const MAX_ADMIN_CONNECTIONS: number = Math.min(2048, Math.floor(DESCRIPTOR_LIMIT / 4));

/** The lowest descriptor that a connection may not have. */
const CEILINGS: Readonly<Record<ConnectionUse, number>> = {
  // An accepted client still needs a connection to its target.
  client: DESCRIPTOR_LIMIT - SPARE - 2 * RESERVE,
  // However many clients there are, an operator still reaches the admin API.
  target: DESCRIPTOR_LIMIT - SPARE - RESERVE,
  admin: DESCRIPTOR_LIMIT - SPARE,
};

/**
 * Whether a connection leaves enough descriptors for what is more important. It costs nothing: the system gives out the
 * lowest free descriptor (POSIX), so all those below a new one are in use.
 */
export function hasDescriptorFor(socket: Socket, use: ConnectionUse): boolean {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  return (handle?.fd ?? -1) < CEILINGS[use];
}

/** Whether the next client's connection would be accepted. */
export function hasDescriptorForClient(): boolean {
  try {
    const next = openSync(devNull, "r");
    closeSync(next);
    return next < CEILINGS.client;
  } catch {
    return false;
  }
}

/** How many sessions fit in so many processes: each takes a descriptor for its client and one for its target. */
export function sessionCapacity(processes: number): number {
  return Math.floor(Math.max(0, CEILINGS.client) / 2) * processes;
}

/** How many descriptors are open; 0 where that is not known. */
export async function openDescriptors(): Promise<number> {
  return await readdir("/proc/self/fd").then(
    // One of them is the folder itself.
    (names) => names.length - 1,
    () => 0,
  );
}

/** Node has raised the soft limit to the hard one when it started. */
function readLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
