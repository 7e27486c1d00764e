import { readFileSync } from "node:fs";

/** Open files that a process needs besides its sessions: listeners, libraries, the token store. */
const SPARE_FILES = 200;

/** How many open files a process may have; Node raises the soft limit to it by itself. */
export function openFilesLimit(): number {
  const [, , hard] =
    /^Max open files +(\d+|unlimited) +(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return hard === undefined || hard === "unlimited" ? Infinity : Number(hard);
}

/** As many sessions as were wished for, or as fit: each takes two sockets in the proxy, and two in the generator. */
export function sessionsThatFit(wished: number, limit: number = openFilesLimit()): number {
  return Math.min(wished, Math.floor((limit - SPARE_FILES) / 2));
}
