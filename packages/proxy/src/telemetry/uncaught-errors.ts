import { logError, type Logger } from "./log.ts";

/** How often uncaught errors are logged at most, in milliseconds. */
const LOG_EVERY_MS = 1000;

let count = 0;
let loggedAt = -Infinity;
let unlogged = 0;

/** How many errors of this process were not caught where they happened. */
export function uncaughtErrors(): number {
  return count;
}

/**
 * Keeps the process alive when an exception or a rejection is not caught: it is a fault of one connection or request,
 * and all other sessions go on. Each is counted; the log has one a second.
 */
export function surviveErrors(log: Logger): void {
  // Rejections that are not handled arrive here as well.
  process.on("uncaughtException", (error) => {
    count += 1;
    if (performance.now() - loggedAt < LOG_EVERY_MS) {
      unlogged += 1;
      return;
    }
    loggedAt = performance.now();
    logError(log, { level: "error", error, ...(unlogged > 0 && { more: unlogged }) }, "uncaught error");
    unlogged = 0;
  });
}
