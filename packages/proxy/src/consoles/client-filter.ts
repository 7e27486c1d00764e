/** Decides which of a client's bytes reach the target, for example to enforce view-only access. */
export interface ClientFilter {
  /**
   * Takes the next bytes of the client's stream, which come in any pieces, and returns those that may reach the
   * target: whole messages passed or rewritten, or the start of a message that passes whatever follows. Bytes that
   * cannot be judged yet are kept, a bounded number of them, and returned by a later call or dropped.
   *
   * @param bytes - may be changed, and returned; their memory is used again once the target has taken what is returned.
   * @returns memory that is not changed any more; empty if nothing may pass.
   * @throws EndError with the reason for which to end the session, `protocol_error` for what cannot be parsed; any
   *   other error ends it as `internal_error`. Nothing of `bytes` passes then.
   */
  filter(bytes: Buffer): Buffer;
  /**
   * Takes the next bytes of the target's, right before the client gets them. Their memory is used again once this
   * returns. An exception ends the session, and the client does not get them.
   *
   * @returns whether bytes that were kept may pass now: `filter` is then called, with no bytes.
   */
  takeFromTarget?(bytes: Buffer): boolean;
}
