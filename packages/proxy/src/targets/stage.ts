import type { Duplex } from "node:stream";

/** What a {@link Stage} may do with the target. */
export interface StageTarget {
  /**
   * Exactly `length` bytes. What the target sends beyond them stays unread, for the next call, the next stage, or
   * the client.
   *
   * @throws EndError `target_unreachable` when the target ends first, or when the stages of one target read more
   *   than 64 KiB.
   */
  read(length: number): Promise<Buffer>;
  /**
   * Everything up to and including the first `end`. What follows it stays unread.
   *
   * @param end - ASCII text.
   * @param limit - how many bytes that may be.
   * @throws EndError `target_unreachable` when there is no `end` within the limit; otherwise as {@link StageTarget.read}.
   */
  readThrough(end: string, limit: number): Promise<Buffer>;
  /** Sends bytes to the target. */
  write(bytes: Uint8Array | string): void;
  /**
   * Puts another connection over the one so far, such as TLS. The stages that follow and the client use it.
   *
   * @param wrap - makes the new connection from the one so far, which nothing else uses from then on.
   * @returns the new connection.
   * @throws EndError `target_unreachable` when the target has sent bytes that are still unread. They would count as
   *   received over the new connection, so an attacker on the path could have injected them.
   */
  replace<Connection extends Duplex>(wrap: (connection: Duplex) => Connection): Connection;
}

/**
 * One step between dialing a target and relaying it, such as a CONNECT request, TLS or RFB security. No byte of
 * the client reaches the target until the last stage is done. All stages of a target together have
 * `targets.connect_timeout`; when that is over, or the session ends, the connection is destroyed and `read` rejects.
 *
 * @throws EndError to end the session with its reason; any other error ends it as `internal_error`.
 */
export type Stage = (target: StageTarget) => Promise<void>;
