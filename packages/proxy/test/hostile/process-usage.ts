import { readdirSync, readFileSync } from "node:fs";

/** What a process with its descendants holds. */
export interface ProcessUsage {
  /** Resident memory in bytes, summed. */
  readonly rss: number;
  readonly descriptors: number;
}

/** Reads `/proc`; a process that has ended holds nothing. */
export function readUsage(pid: number): ProcessUsage {
  const processes = processTree(pid);
  return {
    rss: sum(processes.map((each) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${each}/status`))?.[1] ?? 0) * 1024)),
    descriptors: sum(processes.map(countDescriptors)),
  };
}

/** For how long the threads of a process and its descendants have run, and have waited for a processor, so far. */
export function readTimes(pid: number): { readonly running: number; readonly waiting: number } {
  const threads = processTree(pid).flatMap((each) => list(`/proc/${each}/task`).map((task) => `${each}/task/${task}`));
  // Linux, Documentation/scheduler/sched-stats.rst, in nanoseconds.
  const times = threads.map((thread) => read(`/proc/${thread}/schedstat`).split(" ").map(Number));
  const total = (field: number): number => sum(times.map((fields) => fields[field] ?? 0)) / 1e6;
  return { running: total(0), waiting: total(1) };
}

function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean);
  return [pid, ...children.map(Number).flatMap(processTree)];
}

function countDescriptors(pid: number): number {
  return list(`/proc/${pid}/fd`).length;
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Samples a process until it is stopped. */
export class UsageSampler {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peak: ProcessUsage;

  constructor(pid: number, everyMs = 50) {
    this.#pid = pid;
    this.#peak = readUsage(pid);
    this.#timer = setInterval(() => this.#sample(), everyMs);
  }

  #sample(): void {
    const { rss, descriptors } = readUsage(this.#pid);
    this.#peak = {
      rss: Math.max(rss, this.#peak.rss),
      descriptors: Math.max(descriptors, this.#peak.descriptors),
    };
  }

  /** Ends it. @returns the highest values. */
  stop(): ProcessUsage {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peak;
  }
}
