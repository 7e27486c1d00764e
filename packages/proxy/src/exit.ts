import { access } from "node:fs";

/** How long after everything was closed a process may take to exit by itself, in milliseconds. */
const EXIT_MS = 500;

/** How long a busy machine may take then until threads have done what they work on, in milliseconds. */
const BUSY_MS = 1000;

/** How many requests the threads are given meanwhile, one after the other. */
const PROBES = 3;

/** What Node calls requests that a thread of libuv's pool works on. */
const WORK_OF_THREADS = /^(?:FSReq|GetAddrInfoReq)/;

/** The process exits soon, whatever still keeps it alive, such as a connection that OpenTelemetry has left open. */
export function exitSoon(exitMs: number = EXIT_MS): void {
  setTimeout(exitNow, exitMs).unref();
}

function exitNow(): void {
  setTimeout(kill, BUSY_MS);
  exitOnceIdle(PROBES);
}

/**
 * Exiting waits for the threads, such as those that write to a log which is not read, or to a disk that hangs. One that
 * has not ended when others have done what they were given later does not only wait for a processor.
 */
function exitOnceIdle(probes: number): void {
  if (!process.getActiveResourcesInfo().some((name) => WORK_OF_THREADS.test(name))) process.exit();
  if (probes === 0) return kill();
  // In its callback a request still counts.
  access("/", () => setImmediate(exitOnceIdle, probes - 1));
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}
