/** Close codes for a client that breaks the protocol (RFC 6455, section 7.4.1). */
export type FaultCode =
  /** Malformed frame. */
  | 1002
  /** Text that is not UTF-8. */
  | 1007
  /** A frame whose length exceeds 2^53 - 1 bytes. */
  | 1009;

/** A client broke RFC 6455. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  /** What the client is told. */
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.code = code;
  }
}
