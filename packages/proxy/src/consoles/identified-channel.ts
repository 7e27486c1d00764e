/** A client's first bytes, which reach the target all the same. */
export interface ClientPreview {
  /**
   * At least `length` bytes from the start of the client's stream.
   *
   * @throws EndError when the session ends first.
   */
  peek(length: number): Promise<Buffer>;
}

/** Sees what a target sends. */
export interface TargetWatch {
  /** Takes the next bytes; their memory is used again once this returns. */
  take(bytes: Buffer): undefined;
  /** No byte follows. */
  end(): void;
}

/** What a {@link TargetWatch} finds. */
export interface HandshakeEvents {
  /** The target has given the session a number. Called at most once. */
  onNumber(number: number): void;
  /** The target has completed the handshake, or sends what none is. Called once. */
  onOver(): void;
}

/**
 * One connection to a console whose sessions have several, all opened with the session's token. The client does the
 * handshake with the target itself.
 */
export interface IdentifiedChannel {
  /**
   * The number that the target gave the session which the connection belongs to; undefined for a connection that begins
   * a session.
   */
  readonly joins: number | undefined;
  /** How many bytes the client sends in the handshake, at least. */
  readonly handshakeBytes: number;
  /** Follows the handshake in what the target sends. */
  watchTarget(events: HandshakeEvents): TargetWatch;
}

/**
 * Reads from a client's first bytes which session its connection belongs to.
 *
 * @throws EndError `protocol_error` when they do not say so.
 */
export type Identify = (client: ClientPreview) => Promise<IdentifiedChannel>;
