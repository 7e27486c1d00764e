import { readFileSync } from "node:fs";

/** The kernel counts CPU time in /proc in hundredths of a second (USER_HZ, the same on every architecture). */
const TICKS_PER_SECOND = 100;

/** A process and everything that it started, as far as it still runs. */
export function processTree(pid: number): number[] {
  const threads = readText(`/proc/${pid}/task/${pid}/children`);
  if (threads === undefined) return [];
  const children = threads.trim().split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}

/**
 * CPU seconds, user and system, that a process and everything it ever started have used. Children that have left
 * count through the parent that waited for them.
 */
export function treeCpuSeconds(pid: number): number {
  const ticks = processTree(pid).map((member) => cpuTicks(readText(`/proc/${member}/stat`) ?? ""));
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
}

/** utime + stime + cutime + cstime of a line of /proc/PID/stat (proc(5)); the name may hold spaces and brackets. */
export function cpuTicks(stat: string): number {
  const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The field after the name is number 3; utime is number 14.
  return afterName.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** Proportional set size of a process tree in bytes: shared pages count in equal parts for each who shares them. */
export function treePssBytes(pid: number): number {
  const sizes = processTree(pid).map((member) => kilobytes("Pss", readText(`/proc/${member}/smaps_rollup`) ?? ""));
  return sizes.reduce((sum, value) => sum + value, 0) * 1024;
}

/** Resident set size of one process in bytes. */
export function rssBytes(pid: number): number {
  return kilobytes("VmRSS", readText(`/proc/${pid}/status`) ?? "") * 1024;
}

/** The value of a line such as `Pss:   123 kB`; 0 when there is none. */
export function kilobytes(name: string, text: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
}

/** Undefined when the process has left in the meantime. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
