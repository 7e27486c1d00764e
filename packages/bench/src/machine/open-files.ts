import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Open files that a process needs for other purposes: listeners, libraries, the token store. */
const SPARE_FILES = 200;

/** Two sockets for each of 10,000 sessions, with plenty to spare. */
const WANTED_FILES = 65_536;

/** Raises the limit of open files for this process and its children, if permitted. The report states the limit. */
export function raiseOpenFilesLimit(): void {
  if (openFilesLimit() >= WANTED_FILES) return;
  const limit = `--nofile=${WANTED_FILES}:${WANTED_FILES}`;
  spawnSync("prlimit", ["--pid", String(process.pid), limit], { stdio: "ignore" });
}

/** The hard limit of open files; Node raises the soft limit to it at start. */
export function openFilesLimit(): number {
  const [, hard] =
    /^Max open files +(?:\d+|unlimited) +(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return hard === undefined || hard === "unlimited" ? Infinity : Number(hard);
}

/** The number of sessions that fit into the limit, up to `wanted`: each takes two sockets in the proxy and in the generator. */
export function sessionsThatFit(wanted: number, limit: number = openFilesLimit()): number {
  return Math.min(wanted, Math.floor((limit - SPARE_FILES) / 2));
}
