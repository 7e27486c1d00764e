import type { CloseInfo, CloseReason } from "./close-info.ts";

/** The kinds of {@link ConsoleError}. */
export type ConsoleErrorCode =
  /** `authorize()` failed and the connection gave up. */
  | "authorize_failed"
  /** The gateway refused the new token, or the `renew` callback failed. */
  | "renew_failed"
  /** The session cannot be renewed in place: there is no `renew` callback, or the gateway does not allow it. */
  | "not_renewable"
  /** The connection is not open, or ended first. */
  | "not_connected"
  /** The viewer could not be loaded, or gave up; `closeInfo.reason` says why. */
  | "viewer_failed"
  /** There was no answer in time. */
  | "timeout"
  /** `close()` was called or the AbortSignal was aborted first. */
  | "aborted";

/** The error that promises of this package reject with. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError" as const;
  /** The kind of error, for comparing. */
  readonly code: ConsoleErrorCode;
  /** How the connection ended, if that is the cause. */
  readonly closeInfo?: CloseInfo;

  constructor(code: ConsoleErrorCode, message: string, options: { cause?: unknown; closeInfo?: CloseInfo } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.closeInfo) this.closeInfo = options.closeInfo;
  }
}

/** Throw it from {@link ConsoleOptions.authorize} to end in the state `closed` instead of trying again. */
export class StopRetrying extends Error {
  override readonly name = "StopRetrying" as const;
}

const ERROR_CODES: Partial<Record<CloseReason, ConsoleErrorCode>> = {
  client_closed: "aborted",
  authorize_failed: "authorize_failed",
  credentials_rejected: "viewer_failed",
  server_not_trusted: "viewer_failed",
  server_unsupported: "viewer_failed",
  viewer_load_failed: "viewer_failed",
  viewer_failed: "viewer_failed",
};

/**
 * The error of a `connect()` whose connection ended first.
 *
 * @param cause - what `authorize()` threw, if it did
 */
export function connectError(info: CloseInfo, cause: unknown): ConsoleError {
  const text = `the console ended before it was connected: ${info.detail ?? info.reason}`;
  const code = ERROR_CODES[info.reason] ?? "not_connected";
  return new ConsoleError(code, text, { closeInfo: info, ...(code === "authorize_failed" ? { cause } : {}) });
}
