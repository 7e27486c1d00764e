import type { ServerCloseReason } from "@curfew/protocol";

/**
 * Why a session ended: a word that the gateway sent, or what the client did. The same word stands
 * in the close frame, the log, the metric and the SDK's types.
 */
export type EndReason = ServerCloseReason | "client_closed" | "connection_lost";

/** A failure that ends a session, or refuses a renewal. The message names no token. */
export class EndError extends Error {
  override readonly name = "EndError";
  readonly reason: ServerCloseReason;

  constructor(reason: ServerCloseReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  /** What to tell the client of any failure; one that nobody foresaw is `internal_error`. */
  static from(error: unknown): EndError {
    if (error instanceof EndError) return error;
    return new EndError("internal_error", "the gateway failed", { cause: error });
  }
}
