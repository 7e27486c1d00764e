import type { Grant } from "./grant.ts";

/** Where grants are looked up. */
export interface TokenSource {
  /**
   * The grant of a token, or `undefined` for an unknown or revoked one. An expired grant is
   * returned while the source still knows it: the gateway compares `expiresAt` and can then say
   * `token_expired` instead of `token_invalid`.
   *
   * May reject when the source does not answer; the client is then told `server_busy`.
   */
  resolve(token: string): Promise<Grant | undefined>;
  /** Releases files and connections. */
  close(): Promise<void>;
}
