import type { Logger } from "./log.ts";

/** Signals that would end the process, or open a debugger (SIGUSR1), and have no use here. */
const IGNORED = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

let log: Logger | undefined;
let onHangup: (() => void) | undefined;

/** Ignores signals that are sent by mistake: a closed terminal, a log rotation, a guess that there is a reload. */
export function ignoreSignals(): void {
  for (const signal of IGNORED) {
    process.on(signal, () => {
      if (signal === "SIGHUP" && onHangup !== undefined) return onHangup();
      log?.warn({ signal }, "signal ignored: SIGTERM and SIGINT stop the gateway");
    });
  }
  // A file has reached its largest size; the write fails as on a full disk. Not logged: the file may be the log.
  process.on("SIGXFSZ", () => {});
}

/** From now on, ignored signals are logged. */
export function logIgnoredSignals(to: Logger): void {
  log = to;
}

/** From now on, SIGHUP has an effect. */
export function handleHangup(effect: () => void): void {
  onHangup = effect;
}
