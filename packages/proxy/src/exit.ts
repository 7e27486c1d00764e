/** How long after everything was closed a process may take to exit by itself, in milliseconds. */
const EXIT_MS = 500;

/** What Node calls requests that a thread of libuv's pool works on. */
const WORK_OF_THREADS = /^(?:FSReq|GetAddrInfoReq)/;

/** The process exits soon, whatever still keeps it alive, such as a connection that OpenTelemetry has left open. */
export function exitSoon(exitMs: number = EXIT_MS): void {
  setTimeout(exitNow, exitMs).unref();
}

function exitNow(): void {
  // Exiting waits for the threads, such as those that write to a log which is not read, or to a disk that hangs.
  if (process.getActiveResourcesInfo().some((name) => WORK_OF_THREADS.test(name))) process.kill(process.pid, "SIGKILL");
  process.exit();
}
