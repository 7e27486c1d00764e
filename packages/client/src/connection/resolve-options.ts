import { milliseconds } from "../util/validate.ts";
import type { ResolvedOptions } from "./machine/types.ts";
import type { ConsoleOptions } from "./model/options.ts";

/**
 * The options that the state machine uses, with their defaults.
 *
 * @throws RangeError for a duration that is not a number from 0, TypeError without `authorize`.
 */
export function resolveOptions(options: ConsoleOptions): ResolvedOptions {
  if (typeof options.authorize !== "function") throw new TypeError("the option authorize must be a function");
  return {
    autoRenew: options.autoRenew ?? false,
    canFetchToken: options.renew !== undefined,
    reconnects: options.reconnect !== false,
    waitForViewer: options.waitForViewer ?? false,
    warnBeforeMs: milliseconds("warnBeforeMs", options.warnBeforeMs ?? 60_000),
    connectTimeoutMs: milliseconds("connectTimeoutMs", options.connectTimeoutMs ?? 10_000),
    helloTimeoutMs: milliseconds("helloTimeoutMs", options.helloTimeoutMs ?? 30_000),
    callbackTimeoutMs: milliseconds("callbackTimeoutMs", options.callbackTimeoutMs ?? 60_000),
    pingIntervalMs: milliseconds("pingIntervalMs", options.pingIntervalMs ?? 15_000),
  };
}
