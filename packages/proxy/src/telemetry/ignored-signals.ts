import type { Logger } from "./log.ts";

/** Signals that would end the process, or open a debugger (SIGUSR1), and have no use here. */
const IGNORED = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/**
 * Ignores signals that are sent by mistake: a closed terminal, a log rotation, a guess that there is a reload.
 *
 * @returns what logs each of them from now on.
 */
export function ignoreSignals(): (log: Logger) => void {
  let current: Logger | undefined;
  for (const signal of IGNORED) {
    process.on(signal, () => current?.warn({ signal }, "signal ignored: SIGTERM and SIGINT stop the gateway"));
  }
  // A file has reached its largest size; the write fails as on a full disk. Not logged: the file may be the log.
  process.on("SIGXFSZ", () => {});
  return (log) => {
    current = log;
  };
}
