import type { CloseInfo, CloseReason } from "./close-info.ts";
import { ConsoleError, type ConsoleErrorCode } from "./errors.ts";

/** A promise that someone holds. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: ConsoleError) => void;
}

export function settle(waiters: readonly Waiter[], error: ConsoleError | null): void {
  for (const { resolve, reject } of waiters) {
    if (error) reject(error);
    else resolve();
  }
}

const codes: Partial<Record<CloseReason, ConsoleErrorCode>> = {
  client_closed: "aborted",
  authorize_failed: "authorize_failed",
  viewer_failed: "viewer_failed",
};

/** What `connect()` rejects with. `cause` is what `authorize()` threw, if it did. */
export function endedError(info: CloseInfo, cause: unknown): ConsoleError {
  const text = `the console ended before it was connected: ${info.detail ?? info.reason}`;
  const code = codes[info.reason] ?? "not_connected";
  return new ConsoleError(code, text, { closeInfo: info, ...(code === "authorize_failed" ? { cause } : {}) });
}
