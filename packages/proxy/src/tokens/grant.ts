import type { Address } from "../net/address.ts";

/** What kind of console a token opens; decides what the page shows and what counts as input. */
export type ConsoleType = "vnc" | "serial";

/** What a token entitles to (Nova's *connect info*). */
export interface Grant {
  /** Names the token in the API and the log without revealing it. */
  readonly tokenId: string;
  readonly type: ConsoleType;
  readonly target: Address;
  /** The virtual machine, as its owner's system calls it. */
  readonly instance: string | undefined;
  /** The machine's name for people. */
  readonly name: string | undefined;
  /**
   * When access ends, in milliseconds since the epoch; `undefined` where the source has no expiry,
   * which then is `consoleauth.token_ttl` after the opening.
   */
  readonly expiresAt: number | undefined;
}
