import { readdirSync, readFileSync } from "node:fs";

/** Unit of CPU times in /proc (USER_HZ, the same on every architecture). */
const TICKS_PER_SECOND = 100;

/** The running processes of a tree: a process and its descendants. */
export function processTree(pid: number): number[] {
  const threads = readText(`/proc/${pid}/task/${pid}/children`);
  if (threads === undefined) return [];
  const children = threads.trim().split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}

/**
 * User and system CPU seconds of a process and its descendants. Children that have exited count through the parent that
 * waited for them.
 */
export function treeCpuSeconds(pid: number): number {
  return sum(processTree(pid).map(cpuSeconds));
}

/**
 * /proc/PID/stat counts whole hundredths of a second, which loses most of what hundreds of small processes use in a short
 * sample. schedstat counts nanoseconds, but omits threads that have exited.
 */
function cpuSeconds(pid: number): number {
  const { own, children } = cpuTicks(readText(`/proc/${pid}/stat`) ?? "");
  const threads = listFolder(`/proc/${pid}/task`).map((thread) => readText(`/proc/${pid}/task/${thread}/schedstat`));
  const exact = sum(threads.map((line) => Number(line?.split(" ", 1)[0] ?? 0))) / 1e9;
  return Math.max(own / TICKS_PER_SECOND, exact) + children / TICKS_PER_SECOND;
}

/**
 * Reads a line of /proc/PID/stat (proc(5)): utime + stime of the process, and cutime + cstime of the children it waited for.
 * The process name in it may contain spaces and parentheses.
 */
export function cpuTicks(stat: string): { readonly own: number; readonly children: number } {
  const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The field after the name is number 3; utime is number 14.
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = afterName.slice(11, 15).map(Number);
  return { own: utime + stime, children: cutime + cstime };
}

/** Proportional set size of a process tree in bytes: each process counts its share of pages it shares. */
export function treePssBytes(pid: number): number {
  return sum(processTree(pid).map((member) => kilobytes("Pss", readText(`/proc/${member}/smaps_rollup`) ?? ""))) * 1024;
}

/** Resident set size of one process in bytes. */
export function rssBytes(pid: number): number {
  return kilobytes("VmRSS", readText(`/proc/${pid}/status`) ?? "") * 1024;
}

/** The value of a line such as `Pss:   123 kB`; 0 without such a line. */
export function kilobytes(name: string, text: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Undefined if the process has exited. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
