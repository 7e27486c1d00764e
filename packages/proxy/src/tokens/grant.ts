import type { ConsoleType } from "@curfew/protocol";
import type { Endpoint } from "../net/endpoint.ts";

export type { ConsoleType } from "@curfew/protocol";

/** Whether a client may only see a console, or use it, too. */
export type Access = "control" | "view";

/** What a token entitles to (Nova's *connect info*). */
export interface Grant {
  /** Names the token in the API and the log without revealing it. */
  readonly tokenId: string;
  readonly type: ConsoleType;
  readonly endpoint: Endpoint;
  /** The virtual machine, as its owner's system calls it. */
  readonly instance: string | undefined;
  /** The machine's name for people. */
  readonly name: string | undefined;
  /** The user that the token was issued to, as the issuer's system calls them. */
  readonly user: string | undefined;
  readonly access: Access;
  /** When access ends, in milliseconds since the epoch; `undefined` where the source has no expiry. */
  readonly expiresAt: number | undefined;
}
