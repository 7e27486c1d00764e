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

function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean);
  return [pid, ...children.map(Number).flatMap(processTree)];
}

function countDescriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
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
