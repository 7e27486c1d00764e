import type { ConsoleType, ServerCloseReason } from "@curfew/protocol";
import type { Endpoint } from "../net/endpoint.ts";

export type { ConsoleType } from "@curfew/protocol";

/** The last instant that a date can represent, in milliseconds since the epoch (ECMA-262). */
export const LAST_DATE = 8.64e15;

/** The longest `user` and `instance` of a grant, in characters. */
export const MAX_SUBJECT = 256;

/**
 * Whether a grant may name this user or machine. What is longer, or has half of a surrogate pair, which no database
 * keeps, could not be locked.
 */
export function isSubject(text: string): boolean {
  return text.length <= MAX_SUBJECT && text.isWellFormed();
}

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
  /** When access begins, in milliseconds since the epoch. @defaultValue at once */
  readonly notBefore?: number | undefined;
  /** Whether the token opens, or renews, a session only once. @defaultValue false */
  readonly singleUse?: boolean | undefined;
  /** How many sessions the token may have open at once; `sessions.max_per_token` holds as well. @defaultValue no more rule */
  readonly maxSessions?: number | undefined;
  /**
   * What the endpoint is asked to connect to before the console's bytes, in an HTTP `CONNECT` request (Nova's
   * `internal_access_path`). @defaultValue no such request
   */
  readonly internalAccessPath?: string | undefined;
  /** The endpoint's second port, which speaks TLS; SPICE has one (Nova's `tls_port`). @defaultValue none */
  readonly tlsPort?: number | undefined;
  /**
   * Where the console URLs begin that the token was issued for: a page's `Origin` must have the same scheme (Nova's
   * `access_url_base`). Empty where no page may use the token. @defaultValue no such rule
   */
  readonly accessUrlBase?: string | undefined;
  /** Address of the other gateway that issued the token, and has to be asked whether it still holds. @defaultValue none */
  readonly issuer?: string | undefined;
  /** Checks the grant again while its session lives. @defaultValue it holds until `expiresAt` */
  readonly revalidation?: GrantRevalidation | undefined;
}

/** A token that another gateway has issued. */
export interface ForeignToken {
  readonly tokenId: string;
  /** As in its grant. */
  readonly issuer: string;
}

/** Why a grant no longer holds. */
export interface GrantEnd {
  readonly reason: ServerCloseReason;
  /** For the log and the client, in English; names no token and no address. */
  readonly detail: string;
}

/**
 * Checks grants again while their sessions live. Grants that can be checked together have the same one: it is called
 * once every `nova.revalidate_interval` with the grants of all sessions of the process.
 */
export interface GrantRevalidation {
  /** For the log. */
  readonly name: string;
  /**
   * For each grant, in the same order, why it no longer holds; undefined while it does.
   *
   * A rejection means that it could not be told: no session is ended, and the next call asks again.
   *
   * @param signal - aborted when the gateway stops or the answer takes too long.
   */
  check(grants: readonly Grant[], signal: AbortSignal): Promise<readonly (GrantEnd | undefined)[]>;
}

/** Which tokens or sessions to list: those that have all that is given. */
export interface GrantFilter {
  /** The virtual machine's identifier. */
  readonly instance?: string | undefined;
  readonly type?: ConsoleType | undefined;
  /** The user that the token was issued to. */
  readonly user?: string | undefined;
}

/** Whether a grant has all that a filter names. A session whose token is not looked up yet has none. */
export function matches(grant: Grant | undefined, { instance, type, user }: GrantFilter): boolean {
  return (
    (instance === undefined || grant?.instance === instance) &&
    (type === undefined || grant?.type === type) &&
    (user === undefined || grant?.user === user)
  );
}
