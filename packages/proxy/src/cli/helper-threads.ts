import { readdirSync, readFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** By how much the nice value of the helpers is higher. */
const NICER = 10;

/** What their names contain: since Node 26, "node-" precedes it. */
const HELPER = "V8Worker";

/** The highest nice value. */
const LOWEST_PRIORITY = 19;

/**
 * Lowers the priority of V8's helper threads, which compile and collect garbage: where they share a core with the
 * thread of the event loop, that one goes first. There are four of them, so that they could leave it a fifth of its
 * core for a tenth of a second, at the beginning of a flood for example. Only on Linux, where each thread has a
 * priority of its own, and with a Node that names its threads (24).
 */
export function favorEventLoop(): void {
  if (process.platform !== "linux") return;
  const folder = "/proc/self/task";
  try {
    const priority = Math.min(LOWEST_PRIORITY, getPriority() + NICER);
    for (const id of readdirSync(folder)) {
      if (readFileSync(`${folder}/${id}/comm`, "latin1").includes(HELPER)) setPriority(Number(id), priority);
    }
  } catch {
    // Without /proc, or where a sandbox forbids it, the threads keep their priority.
  }
}
