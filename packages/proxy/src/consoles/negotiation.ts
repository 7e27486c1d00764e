import type { StageTarget } from "../targets/stage.ts";
import type { Grant } from "../tokens/grant.ts";

/** The client, as a {@link Negotiation} sees it. */
export interface NegotiationClient {
  /**
   * Exactly `length` bytes. What the client sends beyond them stays unread, for the next call or the target.
   *
   * @throws EndError when the session ends first.
   */
  read(length: number): Promise<Buffer>;
  /** Sends bytes to the client. */
  write(bytes: Buffer): void;
  /**
   * Tells the client in the console's own protocol that it is refused. A client that gets control messages is told in
   * `bye`, which says more than a viewer makes of this.
   */
  refuse(bytes: Buffer): void;
}

/**
 * What the gateway has to settle with both sides before their bytes pass, such as security in RFB. It begins once the
 * client has its `hello`, and has `targets.connect_timeout`. No byte of the client reaches the target until it is done.
 *
 * @throws EndError to end the session with its reason; any other error ends it as `internal_error`.
 */
export type Negotiation = (target: StageTarget, client: NegotiationClient, grant: Grant) => Promise<void>;
