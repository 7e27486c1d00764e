import type { CloseInfo } from "./close-info.ts";

/** What a {@link ConsoleError} is about. */
export type ConsoleErrorCode =
  /** `authorize()` failed and the connection gave up. */
  | "authorize_failed"
  /** The gateway refused the new token, or the `renew` callback failed. */
  | "renew_failed"
  /** The session cannot be renewed in place: no `renew` callback, or the gateway does not allow it. */
  | "not_renewable"
  /** The connection ended first, or is not up. */
  | "not_connected"
  /** noVNC or xterm.js could not be loaded, or gave up. */
  | "viewer_failed"
  /** No answer in time. */
  | "timeout"
  /** `close()` or the AbortSignal came first. */
  | "aborted";

/** The one class of error that this package rejects with. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError" as const;
  /** Match on this. */
  readonly code: ConsoleErrorCode;
  /** How the connection ended, where that is the cause. */
  readonly closeInfo?: CloseInfo;

  constructor(code: ConsoleErrorCode, message: string, options: { cause?: unknown; closeInfo?: CloseInfo } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.closeInfo) this.closeInfo = options.closeInfo;
  }
}

/** Throw from {@link ConsoleOptions.authorize} to end in `closed` instead of trying again. */
export class StopRetrying extends Error {
  override readonly name = "StopRetrying" as const;
}
