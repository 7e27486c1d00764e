import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Open files that a process needs besides its sessions: listeners, libraries, the token store. */
const SPARE_FILES = 200;

/** Two sockets for each of 10,000 sessions, and room. */
const WISHED_FILES = 65_536;

/** Raises the limit of open files of this process and of what it starts, where root may. The report says what it is. */
export function raiseOpenFilesLimit(): void {
  if (openFilesLimit() >= WISHED_FILES) return;
  const limit = `--nofile=${WISHED_FILES}:${WISHED_FILES}`;
  spawnSync("prlimit", ["--pid", String(process.pid), limit], { stdio: "ignore" });
}

/** How many open files a process may have; Node raises the soft limit to it by itself. */
export function openFilesLimit(): number {
  const [, hard] =
    /^Max open files +(?:\d+|unlimited) +(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return hard === undefined || hard === "unlimited" ? Infinity : Number(hard);
}

/** As many sessions as were wished for, or as fit: each takes two sockets in the proxy, and two in the generator. */
export function sessionsThatFit(wished: number, limit: number = openFilesLimit()): number {
  return Math.min(wished, Math.floor((limit - SPARE_FILES) / 2));
}
