import type { ServerCloseReason } from "@curfew/protocol";

/**
 * Why a session ended: a close reason that the gateway sent, or what the client did. The close frame, the log, the
 * metrics and the SDK's types use the same names.
 */
export type EndReason = ServerCloseReason | "client_closed" | "connection_lost";

/** What a client is told of any failure of the gateway. */
const FAILED = "the gateway failed";

/** What an {@link EndError} is made with, besides its reason and its words. */
export interface EndErrorOptions extends ErrorOptions {
  /** What an operator wrote for the users. @defaultValue nothing */
  readonly operatorMessage?: string | undefined;
}

/** A failure that ends a session, or refuses a renewal. The message names no token. */
export class EndError extends Error {
  override readonly name = "EndError";
  readonly reason: ServerCloseReason;
  readonly operatorMessage: string | undefined;

  constructor(reason: ServerCloseReason, message: string, options?: EndErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.operatorMessage = options?.operatorMessage;
  }

  /** What the client is told. Which part of the gateway has failed, and how, is for the log. */
  get publicMessage(): string {
    return this.reason === "internal_error" ? FAILED : this.message;
  }

  /** The end for any failure; an unexpected error becomes `internal_error`. */
  static from(error: unknown): EndError {
    if (error instanceof EndError) return error;
    return new EndError("internal_error", FAILED, { cause: error });
  }
}
