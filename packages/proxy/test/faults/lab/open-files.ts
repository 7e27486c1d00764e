import { spawnSync } from "node:child_process";

/** Both ends of 10,000 sessions, and what they are connected through. */
const WANTED = 65_536;

/** Raises the limit of open files of this process and those that it starts, where that is allowed. */
export function raiseOpenFiles(): void {
  spawnSync("prlimit", ["--pid", String(process.pid), `--nofile=${WANTED}:${WANTED}`], { stdio: "ignore" });
}
